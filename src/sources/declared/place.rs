//! Where in a line something stands: `message.usage.input`, `content[].text`, `choices[0].text`.

use super::super::json::{Json, Obj};

/// A list with more items than this is not walked to its end.
const ITEMS: usize = 10_000;

/// One way into a line, step by step.
#[derive(Clone, PartialEq, Debug)]
pub struct Place {
    /// As it was written.
    pub said: Box<str>,
    steps: Vec<Step>,
}

#[derive(Clone, PartialEq, Debug)]
enum Step {
    Field(Box<str>),
    /// Every item of a list.
    Each,
    /// The item of a list with this number, from 0.
    Item(usize),
}

impl Place {
    /// Reads a way as it is written.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(said: &str) -> Result<Place, String> {
        let mut steps = Vec::new();
        for part in said.split('.') {
            let (name, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            if name.is_empty() && !(steps.is_empty() && rest.starts_with('[')) {
                return Err(format!("`{said}` has an empty name in it"));
            }
            if !name.is_empty() {
                steps.push(Step::Field(name.into()));
            }
            while !rest.is_empty() {
                let inside = rest.strip_prefix('[').and_then(|r| r.split_once(']'));
                let Some((number, behind)) = inside else {
                    return Err(format!("`{said}` has a bracket that does not close"));
                };
                steps.push(match number {
                    "" => Step::Each,
                    _ => Step::Item(number.parse().map_err(|_| {
                        format!("`{said}`: between brackets stands a number from 0, or nothing for every item")
                    })?),
                });
                rest = behind;
            }
        }
        Ok(Place {
            said: said.into(),
            steps,
        })
    }

    /// All values that stand there.
    pub fn values<'a>(&self, line: &Obj<'a>) -> Vec<Json<'a>> {
        let mut steps = self.steps.iter();
        let Some(Step::Field(name)) = steps.next() else {
            return Vec::new();
        };
        let mut found: Vec<Json<'a>> = line.get(name).into_iter().collect();
        for step in steps {
            found = found
                .into_iter()
                .flat_map(|value| match step {
                    Step::Field(name) => {
                        value.obj().and_then(|o| o.get(name)).into_iter().collect()
                    }
                    Step::Each => value.list(),
                    Step::Item(at) => value.list().into_iter().skip(*at).take(1).collect(),
                })
                .filter(|value| !value.is_null())
                .take(ITEMS)
                .collect();
        }
        found
    }
}

/// Ways to one thing, best first: the first that leads anywhere counts.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Places(pub Vec<Place>);

impl Places {
    fn values<'a>(&self, line: &Obj<'a>) -> Vec<Json<'a>> {
        let ways = self.0.iter().map(|place| place.values(line));
        ways.into_iter()
            .find(|values| !values.is_empty())
            .unwrap_or_default()
    }

    pub fn value<'a>(&self, line: &Obj<'a>) -> Option<Json<'a>> {
        self.values(line).into_iter().next()
    }

    /// A name or an id: text that is not empty, or a number as it is written.
    pub fn word(&self, line: &Obj<'_>) -> Option<String> {
        let value = self.value(line)?;
        let text = match value.str() {
            Some(text) => text.into_owned(),
            None => value.f64().map(|_| value.raw().to_owned())?,
        };
        (!text.is_empty()).then_some(text)
    }

    /// Text; several of them a line each.
    pub fn text(&self, line: &Obj<'_>) -> Option<String> {
        let ways = self.0.iter().map(|place| {
            let values = place.values(line).into_iter();
            let texts: Vec<_> = values
                .filter_map(Json::str)
                .filter(|t| !t.is_empty())
                .collect();
            texts.join("\n")
        });
        ways.into_iter().find(|text| !text.is_empty())
    }

    pub fn count(&self, line: &Obj<'_>) -> Option<u64> {
        self.value(line)?.u64()
    }
}
