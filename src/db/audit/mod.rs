//! stub
use super::error::DbError;
use super::pool::Connection;
use crate::actors::ports::AuditReport;
pub fn audit(_: &mut Connection) -> Result<AuditReport, DbError> {
    todo!()
}
