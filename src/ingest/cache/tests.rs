//! Yesterday's words, whole and damaged.

use super::*;
