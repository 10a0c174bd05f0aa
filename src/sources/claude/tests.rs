//! Small homes of ours, one for each habit of the format.
