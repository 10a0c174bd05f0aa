//! What reaches out of the screen: agents, editors and shells that are started, and logs that are deleted.

use std::path::Path;
use std::sync::Arc;

use super::super::msg::{Msg, Wish};
use super::super::tasks::Task;
use super::super::update::launch;
use super::{Screen, terminal};
use crate::launch::{Act, Ask, Plan, Refusal};
use crate::model::{Session, SessionId};
use crate::text::Clean;

impl Screen<'_> {
    /// Looks at what there is to delete; does it when somebody is sure.
    pub(super) fn delete(&mut self, ids: &[SessionId], is_sure: bool) {
        let rows = ids.iter().filter_map(|id| self.app.index.row(id).cloned());
        let rows: Vec<_> = rows.collect();
        let plan = crate::trash::plan(self.env, &self.app.index, &self.choice, &rows);
        if is_sure {
            return self.tasks.delete(plan);
        }
        let ids = plan.sessions.iter().map(|one| one.row.id().clone());
        let refused = plan.refused.iter();
        let refused = refused.map(|(row, why)| (row.id().clone(), Clean::line(why)));
        self.apply(Msg::Deletable(
            ids.collect(),
            plan.bytes(),
            refused.collect(),
        ));
    }

    /// Plans what is wished for. What needs the screen gets it as soon as nobody reads keys.
    pub(super) fn launch(&mut self, wish: Wish) -> anyhow::Result<()> {
        let settings = self.app.manner.settings.launching();
        let ask = Ask {
            dir: wish.dir.as_deref(),
            ..Ask::of(&wish.session, wish.act)
        };
        let plan = match crate::launch::plan(self.env, &settings, &ask) {
            Ok(plan) => plan,
            Err(refusal) => {
                let said = refusal.said_here(&self.env.home);
                match refusal {
                    // Where it may be now is found out beside the screen: many directories are looked at.
                    Refusal::Gone(_) => {
                        let others = launch::others(&self.app);
                        self.tasks.give(Task::Moved(wish, said, others));
                    }
                    Refusal::NoDirectory | Refusal::NotADirectory { .. } => {
                        self.apply(Msg::Gone(wish, said, Vec::new()));
                    }
                    // Another directory would change nothing.
                    _ => self.apply(Msg::Refused(said)),
                }
                return Ok(());
            }
        };
        let words = std::iter::once(&plan.launch.program).chain(&plan.launch.args);
        let command = words.cloned().collect::<Vec<_>>().join(" ");
        if wish.dir.is_some() && !wish.is_sure {
            let command = Clean::line(&command);
            self.apply(Msg::Rehearsed(command, plan.is_dangerous(), wish));
        } else if plan.is_dangerous() && !wish.is_sure {
            self.apply(Msg::Dangerous(Clean::line(&command), wish));
        } else if wish.in_tab {
            let place = plan.run_in_tab(self.env, &settings);
            let place = place.map_err(|refusal| anyhow::anyhow!("{}", refusal.said()))?;
            self.apply(Msg::Done(Clean::line(&format!("started in a new {place}"))));
        } else if wish.act == Act::OpenDir {
            let opened = plan.run(self.env);
            opened.map_err(|refusal| anyhow::anyhow!("{}", refusal.said()))?;
            self.apply(Msg::Done("opened".into()));
        } else {
            self.next = Some(plan);
        }
        Ok(())
    }

    /// Tells the commands that continue sessions, as they would be run here.
    pub(super) fn copy_resume(&mut self, sessions: &[Arc<Session>]) {
        let settings = self.app.manner.settings.launching();
        let told = crate::launch::commands(&settings, sessions, &self.env.home);
        self.apply(Msg::Commands(told));
    }

    /// Opens an address in a window of its own.
    pub(super) fn browse(&mut self, url: &str) -> anyhow::Result<()> {
        let opened = crate::launch::browse(self.env, url).and_then(|plan| plan.run(self.env));
        opened.map_err(|refusal| anyhow::anyhow!("{}", refusal.said()))?;
        self.apply(Msg::Done(Clean::line(&format!("opened {url}"))));
        Ok(())
    }

    /// A file of the user's in the editor, which gets the screen.
    pub(super) fn edit(&mut self, path: &Path, line: Option<u64>) -> anyhow::Result<()> {
        let plan = crate::launch::edit(self.env, path, line);
        self.next = Some(plan.map_err(|refusal| anyhow::anyhow!("{}", refusal.said()))?);
        Ok(())
    }

    /// Gives the screen to a program and takes it back when that ends.
    pub(super) fn hand_over(&mut self, plan: &Plan) -> anyhow::Result<()> {
        terminal::leave();
        let ended = plan.run(self.env);
        self.resume()?;
        let program = &plan.launch.program;
        match ended {
            Ok(0) => self.apply(Msg::Done(Clean::line(&format!("{program} ended")))),
            Ok(code) => self.apply(Msg::Failed(format!("{program} ended with exit {code}"))),
            Err(refusal) => self.apply(Msg::Failed(refusal.said().to_string())),
        }
        Ok(())
    }
}
