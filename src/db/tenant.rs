//! Whose database it is: the mark Plaza leaves in a file, the tables it is known by on a server, the encoding it needs.

use super::connection::Connection;
use super::error::DbError;
use super::sql::Name;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

/// The mark of a Plaza database in the file's header (`application_id`): `PLZA` in ASCII.
const APPLICATION_ID: i32 = 0x504C_5A41;

#[derive(QueryableByName)]
struct Header {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    application_id: i32,
}

/// Whose tables a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenant {
    /// Plaza's.
    Plaza,
    /// Nobody's: it is empty.
    Nobody,
    /// Somebody else's.
    Other,
}

/// Whose tables the database holds: the file carries Plaza's mark, the server has its tables.
///
/// # Errors
/// The database could not be asked, for example because it is damaged.
pub fn tenant(conn: &mut Connection) -> Result<Tenant, DbError> {
    match conn {
        Connection::Sqlite(_) => file_tenant(conn),
        Connection::Postgres(_) => server_tenant(conn),
    }
}

fn file_tenant(conn: &mut Connection) -> Result<Tenant, DbError> {
    let header: Header = diesel::sql_query("PRAGMA application_id").get_result(conn)?;
    let tables: Vec<Name> = diesel::sql_query("SELECT name FROM sqlite_master LIMIT 1").load(conn)?;
    Ok(match (header.application_id == APPLICATION_ID, tables.is_empty()) {
        (true, _) => Tenant::Plaza,
        (false, true) => Tenant::Nobody,
        (false, false) => Tenant::Other,
    })
}

/// Tables, views and the like of the schema that unqualified names lead to. The table of migrations alone is what a
/// start that was cut short leaves behind.
const RELATIONS: &str = "SELECT relname::text AS name FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
AND relnamespace = to_regnamespace(quote_ident(current_schema())) AND relname <> '__diesel_schema_migrations'";

/// Columns only Plaza's tables have.
const MARKS: &str = "SELECT attname::text AS name FROM pg_attribute
WHERE (attrelid = to_regclass('log') AND attname = 'log_id') OR (attrelid = to_regclass('log_head') AND attname = 'epoch')";

fn server_tenant(conn: &mut Connection) -> Result<Tenant, DbError> {
    let (marks, relations): (Vec<Name>, Vec<Name>) =
        (diesel::sql_query(MARKS).load(conn)?, diesel::sql_query(RELATIONS).load(conn)?);
    Ok(match (marks.len() == 2, relations.is_empty()) {
        (true, _) => Tenant::Plaza,
        (false, true) => Tenant::Nobody,
        (false, false) => Tenant::Other,
    })
}

/// The encoding of the database's texts.
///
/// # Errors
/// The database could not be asked.
pub fn encoding(conn: &mut Connection) -> Result<String, DbError> {
    let Connection::Postgres(session) = conn else { return Ok("UTF8".to_owned()) };
    let query = "SELECT current_setting('server_encoding') AS name";
    Ok(diesel::sql_query(query).get_result::<Name>(session)?.name)
}

/// Marks the database as Plaza's; on a server its tables do.
///
/// # Errors
/// The database refused.
pub fn sign(conn: &mut Connection) -> Result<(), diesel::result::Error> {
    match conn {
        Connection::Sqlite(conn) => conn.batch_execute(&format!("PRAGMA application_id = {APPLICATION_ID}")),
        Connection::Postgres(_) => Ok(()),
    }
}
