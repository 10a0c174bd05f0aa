//! Codex CLI.
use super::*;

pub struct Codex;

pub static CARD: Card = Card {
    id: SourceId("codex-cli"),
    label: "Codex CLI",
    code: "CX",
    aliases: &[],
    revision: 1,
    variables: &[],
    usual: "",
    note: "",
};

impl Source for Codex {
    fn card(&self) -> &'static Card {
        &CARD
    }
    fn roots(&self, _env: &Env) -> Vec<Root> {
        Vec::new()
    }
    fn claim(&self, _env: &Env, _root: &Root, _path: &Path) -> Option<Unit> {
        None
    }
    fn read(
        &self,
        _env: &Env,
        _unit: &Unit,
        _want: Want<'_>,
        _from: &Cursor,
        _say: &mut Say<'_>,
    ) -> io::Result<Cursor> {
        Ok(Cursor::default())
    }
    fn short_id(&self, native: &str) -> String {
        native.into()
    }
    fn resume(&self, _session: &Session) -> Option<Launch> {
        None
    }
}
