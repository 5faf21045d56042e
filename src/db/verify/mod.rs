//! `plaza verify`: walks the whole journal and proves that everything else follows from it.
//!
//! Positions, hash chain and versions are checked row by row; every event is decoded and folded; money and stock are
//! checked after every event; at the end the state tables have to equal the folds, and the audit is run. All of it on
//! one unchanging state of the database, so a running mall may be verified too.
//!
//! Orders that ended are compared and forgotten on the way, so memory follows the live orders, the baskets, payments
//! and customers, and not the length of the journal.

mod engine;
pub mod folds;
mod kept;
mod orders;
mod problems;
mod tables;
mod walk;

use super::connection::Connection;
use super::error::DbError;
use super::schema::events;
use super::{audit, integrity, sql};
use crate::ports::reads::AuditReport;
use diesel::dsl::count_star;
use diesel::prelude::*;
use walk::Walk;

/// What a verification found.
#[derive(Clone, Debug)]
pub struct VerifyReport {
    /// Events read.
    pub events: u64,
    /// Streams they belong to.
    pub streams: u64,
    /// The newest position.
    pub head: u64,
    /// What is wrong, in the order it was found; at most 100, the last one then says that there are more.
    pub problems: Vec<String>,
    /// The invariants.
    pub audit: AuditReport,
}

impl VerifyReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty() && self.audit.invariants.iter().all(|invariant| invariant.violations.is_empty())
    }

    /// All that is wrong, a line each.
    #[must_use]
    pub fn into_problems(self) -> Vec<String> {
        let broken = self.audit.invariants.into_iter().flat_map(|invariant| {
            let id = invariant.id;
            invariant.violations.into_iter().map(move |said| format!("{id}: {said}"))
        });
        self.problems.into_iter().chain(broken).collect()
    }
}

/// Verifies the database; `progress` is told events done and events in all, every few thousand.
///
/// # Errors
/// The database failed, its file is damaged, or a row of the read model cannot be read at all. Whatever is merely wrong is
/// in the report.
pub fn verify(conn: &mut Connection, mut progress: impl FnMut(u64, u64)) -> Result<VerifyReport, DbError> {
    sql::snapshot(conn, |conn| {
        sql::unhurried(conn)?;
        integrity::check(conn)?;
        let mut walk = Walk::begin(conn)?;
        let total = events::table.select(count_star()).get_result::<i64>(conn)?.unsigned_abs();
        while walk.step(conn)? {
            progress(walk.events, total);
        }
        let Walk { events, position, mut folds, mut problems, .. } = walk;
        let streams = folds.streams();
        engine::check_tables(conn, &mut problems)?;
        engine::check_types(conn, &mut problems)?;
        tables::compare(conn, &mut folds, &mut problems)?;
        kept::compare(conn, position, &mut problems)?;
        let audit = audit::audit(conn)?;
        Ok(VerifyReport { events, streams, head: position, problems: problems.0, audit })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::guards;
    use crate::db::pool;
    use crate::db::testbed::Mall;
    use diesel::connection::SimpleConnection as _;

    fn busy_mall(name: &str) -> Mall {
        let mut mall = Mall::open(name);
        let mut paid = mall.submit(100, 2);
        mall.accept(&mut paid);
        mall.pay(&mut paid);
        mall.archive(&mut paid);
        let mut accepted = mall.submit(101, 1);
        mall.accept(&mut accepted);
        let mut rejected = mall.submit(102, 1);
        mall.refuse(&mut rejected);
        mall.submit(103, 3);
        mall
    }

    #[test]
    fn a_sound_mall_verifies() {
        let mut mall = busy_mall("verify-sound");
        let mut done = (0, 0);
        let report = verify(&mut mall.conn, |now, of| done = (now, of)).unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        for invariant in &report.audit.invariants {
            assert_eq!(invariant.violations, Vec::<String>::new(), "{} {}", invariant.id, invariant.name);
        }
        assert!(report.is_clean());
        assert_eq!((report.head, report.events), (report.audit.position, report.head));
        assert_eq!(done, (report.events, report.events));
        // One store, customer, payment and basket, and four orders.
        assert_eq!(report.streams, 8);
    }

    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        kind: String,
    }

    /// Every column of every table there is, those of tables to come as well.
    #[test]
    fn no_value_can_be_changed_unseen() {
        let mut count = 0;
        loop {
            let mut mall = busy_mall(&format!("verify-columns-{count}"));
            mall.keep_everything();
            // How a table is looked into is SQLite's own way; what is compared is the same on both.
            let Connection::Sqlite(vandal) = &mut pool::open_writer(&mall.place).unwrap() else { return };
            vandal.batch_execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
            // They come back, or that they are missing is what is found.
            let made = "SELECT name, sql AS kind FROM sqlite_master WHERE type = 'trigger'";
            let guards: Vec<Column> = diesel::sql_query(made).load(vandal).unwrap();
            for guard in &guards {
                vandal.batch_execute(&format!("DROP TRIGGER {}", guard.name)).unwrap();
            }
            let columns: Vec<Column> = diesel::sql_query(
                "SELECT t.name || ' ' || c.name AS name, c.type AS kind FROM sqlite_master t, pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND c.name <> 'run_on' ORDER BY 1",
            )
            .load(vandal)
            .unwrap();
            let Some(Column { name, kind }) = columns.get(count) else { break };
            let (table, column) = name.split_once(' ').unwrap();
            let other = match kind.as_str() {
                "BLOB" => format!("CAST(coalesce({column}, x'') || x'00' AS BLOB)"),
                "TEXT" | "VARCHAR(50)" => format!("coalesce({column}, '') || 'x'"),
                _ => format!("coalesce({column}, 0) + 1000000"),
            };
            let changed = diesel::sql_query(format!("UPDATE {table} SET {column} = {other}")).execute(vandal).unwrap();
            assert!(changed > 0, "{name} has no row to change");
            for guard in &guards {
                vandal.batch_execute(&guard.kind).unwrap();
            }
            let found = verify(&mut mall.conn, |_, _| {});
            assert!(!found.is_ok_and(|report| report.is_clean()), "{name} was changed, and nobody saw it");
            count += 1;
        }
        assert!(count > 80, "{count} columns");
    }

    #[test]
    fn every_kind_of_damage_is_found() {
        // What is done, and what has to be said about it: a part of a problem, or an invariant.
        for (number, (damage, told)) in [
            ("UPDATE events SET payload = '{ }' WHERE name = 'store.joined'", "the hash chain is broken"),
            ("DELETE FROM events WHERE position = 4", "position 5 follows 3"),
            ("UPDATE events SET version = 9 WHERE name = 'store.joined'", "version 9 follows 1"),
            ("UPDATE events SET payload = '[' WHERE name = 'order.accepted'", "unreadable payload"),
            ("UPDATE orders SET status = 'paid' WHERE status = 'accepted'", "orders"),
            ("DELETE FROM orders WHERE status = 'pending'", "has events and no row"),
            ("UPDATE order_stores SET created_at = created_at + 1", "order_stores has order"),
            ("DELETE FROM order_stores", "order_stores has 0 rows"),
            ("UPDATE products SET price = 1", "products"),
            ("UPDATE products SET on_hand = on_hand + 1", "I3"),
            ("UPDATE products SET reserved = reserved + 1", "I2"),
            ("UPDATE stores SET name = 'x'", "stores"),
            ("UPDATE payments SET available = available + 1, authorized = authorized + 1", "payments"),
            ("UPDATE holds SET amount = amount - 1 WHERE status = 'held'", "I5"),
            ("UPDATE holds SET amount = amount + 1 WHERE status = 'held'", "I4"),
            ("UPDATE holds SET amount = 1 WHERE status = 'captured'", "holds"),
            ("UPDATE holds SET amount = 1 WHERE status = 'captured'", "I15"),
            ("UPDATE holds SET status = 'voided' WHERE status = 'captured'", "I15"),
            ("UPDATE reservations SET status = 'released' WHERE status = 'shipped'", "I15"),
            ("UPDATE reservations SET lines = '[]' WHERE status = 'shipped'", "I15"),
            ("UPDATE holds SET status = 'held'", "I6"),
            ("DELETE FROM reservations WHERE status = 'reserved'", "I5"),
            ("UPDATE reservations SET lines = '[]' WHERE status = 'shipped'", "reservations"),
            ("UPDATE baskets SET pieces = 1", "does not hold 1 pieces"),
            ("UPDATE customers SET phone = '1'", "customers"),
            ("UPDATE customers SET version = 7", "I8"),
            ("UPDATE events SET name = 'order.expired', payload = '{}' WHERE name = 'order.paid'", "I7"),
            ("UPDATE events SET name = 'order.expired', payload = '{}' WHERE name = 'order.paid'", "I9"),
            ("SELECT 1", "I13"),
        ]
        .into_iter()
        .enumerate()
        {
            let mut mall = busy_mall(&format!("verify-damage-{number}"));
            let mut vandal = pool::open_writer(&mall.place).unwrap();
            let on = if matches!(vandal, Connection::Postgres(_)) { " ON events" } else { "" };
            for guard in guards::GUARDS {
                vandal.batch_execute(&format!("DROP TRIGGER {guard}{on}")).unwrap();
            }
            vandal.batch_execute(damage).unwrap();
            let report = verify(&mut mall.conn, |_, _| {}).unwrap();
            let broken = report.audit.invariants.iter().any(|i| i.id == told && !i.violations.is_empty());
            let found = broken || report.problems.iter().any(|problem| problem.contains(told));
            assert!(found, "{damage}: {told} is not in {:#?}", report.problems);
            assert!(!report.is_clean());
        }
    }
}
