//! Patterns with stars: `*` stays within one part of a path, `**` crosses, `?` is one character.

use super::needle::Needle;

#[derive(Clone, PartialEq, Debug)]
pub struct Glob {
    /// Tells how letters are compared.
    case: Needle,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Step {
    Letter(char),
    /// Any one character of a part.
    One,
    /// Any characters of a part, or none.
    Part,
    /// Any characters, or none.
    Any,
    /// What is matched so far may be the end: before a closing `/**`, so a folder is among what is in it.
    End,
}

impl Glob {
    /// A pattern of a path. One that does not say where it starts may start at any part.
    pub fn path(pattern: &str, exact: bool) -> Glob {
        let mut glob = Glob::name(pattern, exact);
        if !pattern.starts_with(['/', '*']) {
            glob.steps.splice(0..0, [Step::Any, Step::Letter('/')]);
        }
        let tail = [Step::Letter('/'), Step::Any];
        if glob.steps.ends_with(&tail) {
            let at = glob.steps.len() - tail.len();
            glob.steps.insert(at, Step::End);
        }
        glob
    }

    /// A pattern of a whole name.
    pub fn name(pattern: &str, exact: bool) -> Glob {
        let case = Needle::with_case(pattern, exact);
        let mut steps = Vec::new();
        for c in case.letters() {
            match (*c, steps.last()) {
                ('*', Some(Step::Part | Step::Any)) => {
                    steps.pop();
                    steps.push(Step::Any);
                }
                ('*', _) => steps.push(Step::Part),
                ('?', _) => steps.push(Step::One),
                (c, _) => steps.push(Step::Letter(c)),
            }
        }
        Glob { case, steps }
    }

    /// Whether all of `text` fits. Takes time by the length of both, never more.
    pub fn fits(&self, text: &str) -> bool {
        let mut now = Reached::new(self);
        let mut next = Reached::new(self);
        now.add(0);
        for c in text.chars() {
            let c = self.case.seen(c);
            for i in now.list.drain(..) {
                if let Some(on) = now.seen.get_mut(i) {
                    *on = false;
                }
                match self.steps.get(i) {
                    Some(Step::Letter(letter)) if *letter == c => next.add(i + 1),
                    Some(Step::One) if c != '/' => next.add(i + 1),
                    Some(Step::Part) if c != '/' => next.add(i),
                    Some(Step::Any) => next.add(i),
                    _ => {}
                }
            }
            std::mem::swap(&mut now, &mut next);
            if now.list.is_empty() {
                return false;
            }
        }
        let is_end = |i: &usize| matches!(self.steps.get(*i), None | Some(Step::End));
        now.list.iter().any(is_end)
    }
}

/// How many steps can be done after the characters read so far: all the numbers that are possible.
struct Reached<'a> {
    steps: &'a [Step],
    list: Vec<usize>,
    seen: Vec<bool>,
}

impl Reached<'_> {
    fn new(glob: &Glob) -> Reached<'_> {
        Reached {
            steps: &glob.steps,
            list: Vec::new(),
            seen: vec![false; glob.steps.len() + 1],
        }
    }

    /// Adds a number, and those that need no further character.
    fn add(&mut self, from: usize) {
        for i in from.. {
            match self.seen.get_mut(i) {
                Some(seen) if !*seen => *seen = true,
                _ => return,
            }
            self.list.push(i);
            let free = matches!(self.steps.get(i), Some(Step::Part | Step::Any | Step::End));
            if !free {
                return;
            }
        }
    }
}
