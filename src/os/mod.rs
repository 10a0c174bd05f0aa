//! The parts of the operating system that need care of their own.

pub mod clipboard;
pub mod memory;
pub mod processes;
pub mod threads;
