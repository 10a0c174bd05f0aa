//! Sentences that are said in passing, and the list of all that were said.

use std::time::Duration;

use jiff::Timestamp;

use super::app::App;
use crate::text::Clean;

/// So many stand on the screen at once; older ones make room.
const SHOWN: usize = 3;
/// So many are kept to be read again.
const KEPT: usize = 200;

/// How much it matters, which decides how long it stays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Weight {
    /// Something is being done: stays until what became of it is said.
    Progress,
    /// Something was done.
    Done,
    /// Something worth knowing.
    Info,
    /// Something that could go wrong.
    Warning,
    /// Something went wrong: stays until it is sent away.
    Error,
}

impl Weight {
    fn stays(self) -> Option<Duration> {
        match self {
            Weight::Done => Some(Duration::from_secs(2)),
            Weight::Info => Some(Duration::from_secs(3)),
            Weight::Warning => Some(Duration::from_secs(5)),
            Weight::Progress | Weight::Error => None,
        }
    }
}

/// What sentences are about of which only the newest holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    /// How conversations are shown.
    Showing,
    /// What was noted, undone and done again.
    Marks,
    Copy,
    Export,
    Share,
    Mask,
    Mouse,
    /// Where a key of the reader leads.
    Way,
}

/// One sentence.
#[derive(Clone, PartialEq, Debug)]
pub struct Toast {
    pub text: Clean,
    /// It makes way for the next of these.
    pub about: Option<About>,
    pub weight: Weight,
    /// How often the same was said while it stood there.
    pub times: usize,
    /// When it was said last.
    pub at: Timestamp,
    /// When it goes away; absent where it waits for what comes of it, or to be sent away.
    pub until: Option<Duration>,
}

/// What is on the screen, the newest last, and what was.
#[derive(Default, Debug)]
pub struct Toasts {
    shown: Vec<Toast>,
    told: Vec<Toast>,
}

impl Toasts {
    /// Says a sentence; the same one again only counts, and one about the same thing stands in place of the one before.
    /// What went wrong stays beside it.
    pub fn say(
        &mut self,
        about: Option<About>,
        text: Clean,
        weight: Weight,
        now: Timestamp,
        elapsed: Duration,
    ) {
        let is_over = |toast: &Toast| {
            let is_about = about.is_some() && toast.about == about;
            is_about && toast.text != text && toast.weight < Weight::Error
        };
        self.shown.retain(|toast| !is_over(toast));
        let said = self.shown.iter().position(|toast| toast.text == text);
        let times = said.map_or(0, |at| self.shown.remove(at).times) + 1;
        let toast = Toast {
            text,
            about,
            weight,
            times,
            at: now,
            until: weight.stays().map(|stays| elapsed + stays),
        };
        if said.is_some() {
            self.told.pop();
        }
        self.told.push(toast.clone());
        self.told.drain(..self.told.len().saturating_sub(KEPT));
        self.shown.push(toast);
        // What is new is always seen. News make room for bad news, and old bad news for what is new.
        while self.shown.len() > SHOWN {
            let mut older = self.shown.iter().rev().skip(1).rev();
            let least = older.position(|t| t.weight < Weight::Error);
            self.shown.remove(least.unwrap_or(0));
        }
    }

    /// Sends away what was there long enough.
    pub fn tick(&mut self, elapsed: Duration) {
        let stays = |toast: &Toast| toast.until.is_none_or(|until| elapsed < until);
        self.shown.retain(stays);
    }

    /// Sends everything away. False where nothing was there.
    pub fn dismiss(&mut self) -> bool {
        let any = !self.shown.is_empty();
        self.shown.clear();
        any
    }

    /// Those on the screen, the newest last.
    pub fn shown(&self) -> &[Toast] {
        &self.shown
    }

    /// All that were said in this run, the newest last.
    pub fn told(&self) -> &[Toast] {
        &self.told
    }

    /// Whether one of them goes away by itself.
    pub fn is_restless(&self) -> bool {
        self.shown.iter().any(|toast| toast.until.is_some())
    }
}

impl App {
    /// Says something worth knowing, or that something went wrong.
    pub fn say(&mut self, text: Clean, bad: bool) {
        self.tell(text, if bad { Weight::Error } else { Weight::Info });
    }

    /// Says that something is not done, and why. Nothing went wrong, so it goes away by itself.
    pub fn refuse(&mut self, text: impl Into<Clean>) {
        self.tell(text.into(), Weight::Warning);
    }

    pub fn tell(&mut self, text: Clean, weight: Weight) {
        self.toasts.say(None, text, weight, self.now, self.elapsed);
    }

    /// Says what holds now in place of what was said of the same thing before.
    pub fn tell_of(&mut self, about: About, text: Clean, weight: Weight) {
        self.toasts
            .say(Some(about), text, weight, self.now, self.elapsed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(toasts: &mut Toasts, text: &str, weight: Weight) {
        toasts.say(
            None,
            text.to_owned().into(),
            weight,
            Timestamp::UNIX_EPOCH,
            Duration::ZERO,
        );
    }

    #[test]
    fn the_same_again_only_counts_and_bad_news_stay() {
        let mut toasts = Toasts::default();
        said(&mut toasts, "copied", Weight::Done);
        said(&mut toasts, "copied", Weight::Done);
        said(&mut toasts, "no display", Weight::Error);
        let times: Vec<usize> = toasts.shown().iter().map(|t| t.times).collect();
        assert_eq!(times, [2, 1]);
        assert_eq!(toasts.told().len(), 2);
        toasts.tick(Duration::from_secs(60));
        assert_eq!(toasts.shown().len(), 1);
        assert!(!toasts.is_restless());
        assert!(toasts.dismiss());
        assert!(!toasts.dismiss());
    }

    #[test]
    fn three_at_once_and_bad_news_before_good() {
        let mut toasts = Toasts::default();
        said(&mut toasts, "lost", Weight::Error);
        for text in ["a", "b", "c", "d"] {
            said(&mut toasts, text, Weight::Info);
        }
        let shown: Vec<&str> = toasts.shown().iter().map(|t| t.text.as_str()).collect();
        assert_eq!(shown, ["lost", "c", "d"]);
        assert_eq!(toasts.told().len(), 5);
    }

    /// UX 8: what is said last is seen, whatever stands there.
    #[test]
    fn the_newest_has_its_place_among_bad_news() {
        let mut toasts = Toasts::default();
        for text in ["lost", "broken", "gone"] {
            said(&mut toasts, text, Weight::Error);
        }
        said(&mut toasts, "copied", Weight::Done);
        let shown: Vec<&str> = toasts.shown().iter().map(|t| t.text.as_str()).collect();
        assert_eq!(shown, ["broken", "gone", "copied"]);
        toasts.tick(Duration::from_secs(2));
        assert_eq!(toasts.shown().len(), 2);
    }

    /// UX 8: of one thing the newest stands there, and progress goes when its end is said.
    #[test]
    fn what_is_said_of_the_same_thing_makes_way() {
        let mut toasts = Toasts::default();
        let (at, never) = (Timestamp::UNIX_EPOCH, Duration::ZERO);
        let export = Some(About::Export);
        toasts.say(export, "writing".into(), Weight::Progress, at, never);
        said(&mut toasts, "starred", Weight::Done);
        toasts.tick(Duration::from_secs(60));
        let shown: Vec<&str> = toasts.shown().iter().map(|t| t.text.as_str()).collect();
        assert_eq!(shown, ["writing"], "it is still being done");
        toasts.say(
            export,
            "it is there already".into(),
            Weight::Error,
            at,
            never,
        );
        toasts.say(export, "wrote 2 kB".into(), Weight::Done, at, never);
        let shown: Vec<&str> = toasts.shown().iter().map(|t| t.text.as_str()).collect();
        assert_eq!(shown, ["it is there already", "wrote 2 kB"]);
        assert_eq!(toasts.told().len(), 4);
    }
}
