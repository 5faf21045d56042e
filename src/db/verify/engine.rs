//! What the database itself says of its files, and whether its tables are those this version makes.

use super::problems::Problems;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::open::blank;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::BTreeMap;

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// Has the database check its own file: its pages, its indexes against the rows they are of, its constraints. A server
/// keeps checksums of its own.
pub fn check_file(conn: &mut Connection, problems: &mut Problems) -> Result<(), DbError> {
    let Connection::Sqlite(conn) = conn else { return Ok(()) };
    for Said { integrity_check } in diesel::sql_query("PRAGMA integrity_check").load(conn)? {
        if integrity_check != "ok" {
            problems.note(|| format!("the file is damaged: {integrity_check}"));
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

/// Compares tables, indexes and triggers with those of an empty database of this version. What somebody has added is theirs.
pub fn check_tables(conn: &mut Connection, problems: &mut Problems) -> Result<(), DbError> {
    let Connection::Sqlite(conn) = conn else { return Ok(()) };
    let mut found = made(conn)?;
    for (name, sql) in made(&mut blank()?)? {
        match found.remove(&name) {
            Some(found) if found == sql => {}
            Some(found) => problems.note(|| format!("{name} is `{found}`, and has to be `{sql}`")),
            None => problems.note(|| format!("{name} is missing")),
        }
    }
    Ok(())
}

/// How everything was made that somebody made, by its kind and name.
fn made(conn: &mut SqliteConnection) -> Result<BTreeMap<String, String>, DbError> {
    let query = "SELECT type || ' ' || name AS name, sql FROM sqlite_master WHERE sql IS NOT NULL";
    let all: Vec<Made> = diesel::sql_query(query).load(conn)?;
    Ok(all.into_iter().map(|Made { name, sql }| (name, plain(&sql))).collect())
}

/// Without comments, and with one space for any.
fn plain(sql: &str) -> String {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}
