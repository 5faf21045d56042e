//! What is wrong, as far as it was found.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

/// The most problems that are named.
const PROBLEMS_MAX: usize = 100;

/// What is wrong so far, bounded.
#[derive(Default)]
pub struct Problems(pub Vec<String>);

impl Problems {
    /// Notes a problem; the last one that fits says that there are more.
    pub fn note(&mut self, problem: impl FnOnce() -> String) {
        match self.0.len() {
            len if len < PROBLEMS_MAX - 1 => self.0.push(problem()),
            len if len < PROBLEMS_MAX => self.0.push("there are more problems".to_owned()),
            _ => {}
        }
    }

    /// Takes the fold of a row away and compares.
    pub fn expect<K: Display + Ord, V: PartialEq + Debug>(
        &mut self,
        table: &str,
        key: &K,
        row: &V,
        folds: &mut BTreeMap<K, V>,
    ) {
        match folds.remove(key) {
            Some(fold) if fold == *row => {}
            Some(fold) => self.note(|| format!("{table} {key} is {row:?}, its events say {fold:?}")),
            None => self.note(|| format!("{table} {key} has no events")),
        }
    }

    /// Notes folds that no row took away.
    pub fn leftovers<K: Display, V>(&mut self, table: &str, folds: &BTreeMap<K, V>) {
        for key in folds.keys() {
            self.note(|| format!("{table} {key} has events and no row"));
        }
    }
}
