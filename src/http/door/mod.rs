//! What every request passes, and how it is read and answered.
//!
//! On the way in: `connection`, `middleware` (`spelling`, `origin`), `auth` with the table of `roles`, `timely`. What a handler
//! reads: `caller`, `once`, `etags`, `preferences`, `query`, and `json` of a `payload`. What it answers: `reply`, `csv`,
//! or a `problem` of the table of `codes`; `refusal` says which. `values`, `words` and `fields` are what bodies are made of.

pub(super) mod auth;
pub(super) mod body;
pub(super) mod caller;
pub(super) mod codes;
pub(super) mod connection;
pub(super) mod csv;
pub(super) mod etags;
pub(super) mod fields;
pub(super) mod json;
pub(super) mod middleware;
pub(super) mod once;
pub(super) mod origin;
pub(super) mod payload;
pub(super) mod preferences;
pub(super) mod problem;
pub(super) mod query;
mod refusal;
pub(super) mod reply;
pub mod roles;
pub(super) mod seal;
pub(super) mod seats;
pub(super) mod spelling;
pub(super) mod timely;
pub(super) mod values;
pub(super) mod words;
