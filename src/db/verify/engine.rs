//! Whether the tables of a file are those this version makes, and hold what their columns are for.

use super::problems::Problems;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::open::blank;
use crate::db::sql::Name;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::BTreeMap;

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
    let (mut found, mut blank) = (made(conn)?, blank()?);
    let (migrations, known) = (migrations(conn)?, migrations(&mut blank)?);
    if migrations != known {
        problems.note(|| format!("the migrations were {migrations:?}, and are {known:?}"));
    }
    for (name, sql) in made(&mut blank)? {
        match found.remove(&name) {
            Some(found) if found == sql => {}
            Some(found) => problems.note(|| format!("{name} is `{found}`, and has to be `{sql}`")),
            None => problems.note(|| format!("{name} is missing")),
        }
    }
    Ok(())
}

/// The condition of a table's rows that hold a value of another type than their column: SQLite takes any value anywhere, an
/// empty blob reads as 0, and any number but that as true.
const STRAYS: &str = "SELECT t.name AS name, group_concat('typeof(' || c.name || ') NOT IN (''null'', ''' || CASE
    WHEN c.type = 'BLOB' THEN 'blob' WHEN c.type IN ('INTEGER', 'BIGINT', 'BOOLEAN') THEN 'integer' ELSE 'text' END
    || ''')' || CASE c.type WHEN 'BOOLEAN' THEN ' OR ' || c.name || ' NOT IN (0, 1)' ELSE '' END, ' OR ') AS sql
FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' GROUP BY t.name";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    many: i64,
}

/// Looks for values of another type than their column.
pub fn check_types(conn: &mut Connection, problems: &mut Problems) -> Result<(), DbError> {
    let Connection::Sqlite(conn) = conn else { return Ok(()) };
    for Made { name, sql } in diesel::sql_query(STRAYS).load(conn)? {
        let query = format!("SELECT count(*) AS many FROM \"{name}\" WHERE {sql}");
        let Count { many } = diesel::sql_query(query).get_result(conn)?;
        if many > 0 {
            problems.note(|| format!("{name} has {many} rows with a value of another type than its column"));
        }
    }
    Ok(())
}

fn migrations(conn: &mut SqliteConnection) -> Result<Vec<String>, DbError> {
    let query = "SELECT version AS name FROM __diesel_schema_migrations ORDER BY version";
    Ok(diesel::sql_query(query).load::<Name>(conn)?.into_iter().map(|row| row.name).collect())
}

/// How everything was made that somebody made, by its kind and name.
fn made(conn: &mut SqliteConnection) -> Result<BTreeMap<String, String>, DbError> {
    let query = "SELECT type || ' ' || name AS name, sql FROM sqlite_master WHERE sql IS NOT NULL";
    let all: Vec<Made> = diesel::sql_query(query).load(conn)?;
    Ok(all.into_iter().map(|Made { name, sql }| (name, plain(&sql))).collect())
}

/// Without comments and quotes, and with one space for any: a table that was renamed and back is the same.
fn plain(sql: &str) -> String {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ").replace('"', "")
}
