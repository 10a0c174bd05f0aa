//! Tables of what each form means, and that no text breaks anything.
