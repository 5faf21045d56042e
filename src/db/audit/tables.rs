//! The invariants that the state tables show: I1, I2, I3's other half, I4, and I8's versions.

use super::findings::Findings;
use super::journal::Streams;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::rows::Origin;
use crate::db::schema::{ReservationRow, baskets, customers, orders, payments, products, reservations, stores};
use crate::db::sql::Written;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) fn check(conn: &mut Connection, streams: &Streams, findings: &mut Findings) -> Result<(), DbError> {
    stock(conn, streams, findings)?;
    money(conn, findings)?;
    versions(conn, streams, findings)
}

/// I1, I2 and I3: every product against the live reservations and against the stock the journal left it with.
fn stock(conn: &mut Connection, streams: &Streams, findings: &mut Findings) -> Result<(), DbError> {
    let mut live = live_reservations(conn)?;
    let rows: Vec<(String, i64, i64)> =
        products::table.order(products::id).select((products::id, products::on_hand, products::reserved)).load(conn)?;
    for (id, on_hand, reserved) in rows {
        let product: Uuid = Origin("products", &id).id("id", &id)?;
        findings.check(1, on_hand >= reserved && reserved >= 0, || {
            format!("product {id}: on hand {on_hand}, reserved {reserved}")
        });
        let put_aside = live.remove(&product).unwrap_or(0);
        findings.check(2, reserved == put_aside, || {
            format!("product {id}: reserved {reserved}, live reservations hold {put_aside}")
        });
        let on_shelf = streams.stock.get(&product).map(|stock| stock.on_hand);
        findings.check(3, on_shelf == Some(on_hand), || {
            format!("product {id}: on hand {on_hand}, by its movements {on_shelf:?}")
        });
    }
    for (product, put_aside) in live {
        findings.violated(2, || format!("product {product} does not exist, live reservations hold {put_aside}"));
    }
    Ok(())
}

fn live_reservations(conn: &mut Connection) -> Result<BTreeMap<Uuid, i64>, DbError> {
    let rows: Vec<ReservationRow<'_>> = reservations::table
        .filter(Written("reservations.status = 'reserved'"))
        .select(ReservationRow::as_select())
        .load(conn)?;
    let mut live = BTreeMap::new();
    for row in rows {
        for line in row.into_domain()?.1 {
            *live.entry(line.product_id.0).or_insert(0) += i64::from(line.quantity);
        }
    }
    Ok(live)
}

#[derive(QueryableByName)]
struct Unsound {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    live: i64,
}

/// Authorizations whose amounts do not add up, or whose live holds are not what is held.
const UNSOUND_PAYMENTS: &str = "SELECT p.id AS id, CAST(COALESCE(h.live, 0) AS BIGINT) AS live
FROM payments p
LEFT JOIN (SELECT payment_id, SUM(amount) AS live FROM holds WHERE status = 'held' GROUP BY payment_id) h
    ON h.payment_id = p.id
WHERE p.authorized <> p.available + p.held + p.captured
   OR p.available < 0 OR p.held < 0 OR p.captured < 0 OR p.refunded < 0 OR p.refunded > p.captured
   OR p.held <> COALESCE(h.live, 0)
ORDER BY p.id
LIMIT 20";

/// I4.
fn money(conn: &mut Connection, findings: &mut Findings) -> Result<(), DbError> {
    findings.counted(4, payments::table.select(count_star()).get_result(conn)?);
    for Unsound { id, live } in diesel::sql_query(UNSOUND_PAYMENTS).load(conn)? {
        findings.violated(4, || format!("payment {id}: amounts do not add up, or live holds are {live}"));
    }
    Ok(())
}

/// I8: the version of every row against its stream's, and no stream without a row.
fn versions(conn: &mut Connection, streams: &Streams, findings: &mut Findings) -> Result<(), DbError> {
    let tables: [(&str, Vec<(String, i64)>); 5] = [
        ("stores", stores::table.order(stores::id).select((stores::id, stores::version)).load(conn)?),
        ("customers", customers::table.order(customers::id).select((customers::id, customers::version)).load(conn)?),
        ("payments", payments::table.order(payments::id).select((payments::id, payments::version)).load(conn)?),
        ("baskets", baskets::table.order(baskets::id).select((baskets::id, baskets::version)).load(conn)?),
        ("orders", orders::table.order(orders::id).select((orders::id, orders::version)).load(conn)?),
    ];
    let rows: usize = tables.iter().map(|(_, rows)| rows.len()).sum();
    for (table, rows) in &tables {
        for (id, version) in rows {
            let stream: Uuid = Origin(table, id).id("id", id)?;
            let written = streams.versions.get(&stream).copied().unwrap_or(0);
            findings.check(8, *version == written, || format!("{table} {id} is at {version}, its stream at {written}"));
        }
    }
    findings.check(8, rows + streams.without_row == streams.versions.len(), || {
        format!("{} streams in the journal, {rows} rows in the tables", streams.versions.len())
    });
    Ok(())
}
