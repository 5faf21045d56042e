//! The queries against a small mall in memory.

use super::{baskets, customers, events, idempotency, log, orders, payments, products, stores};
use crate::db::connection::Connection;
use crate::db::error::DbErrorKind;
use crate::db::testbed::{CUP, Mall, TEA, uuid};
use crate::domain::event::StreamKind;
use crate::domain::ids::{OrderId, ProductId};
use crate::domain::order::{OrderStatus, Reason};
use crate::domain::store::StoreCommand;
use crate::domain::time::Timestamp;
use crate::ports::journal::{Append, Cause, NewEvent};
use crate::ports::reads::PageRequest;
use crate::ports::reads::events::{EventFilter, PAGE_BYTES};
use crate::ports::reads::orders::OrderFilter;
use crate::ports::reads::products::{ProductFilter, ProductSort};
use crate::ports::reads::stores::StoreFilter;
use diesel::connection::{Connection as _, InstrumentationEvent};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::Value;
use std::sync::{Arc, Mutex};

fn first(limit: usize) -> PageRequest {
    PageRequest { limit, cursor: None }
}

#[test]
fn states_come_back_as_they_were_written() {
    let mut mall = Mall::open("states");
    let mut order = mall.submit(100, 2);
    mall.accept(&mut order);
    let conn = &mut mall.conn;
    assert_eq!(log::identity(conn).unwrap().log_id, uuid(1));
    assert_eq!(stores::load(conn, mall.store.id).unwrap(), Some(mall.store));
    assert_eq!(payments::get(conn, mall.payment.id).unwrap(), Some(mall.payment.clone()));
    assert_eq!(baskets::get(conn, mall.basket.id).unwrap(), Some(mall.basket.clone()));
    assert_eq!(customers::get(conn, mall.customer.id).unwrap(), Some(mall.customer.clone()));
    assert_eq!(customers::by_token(conn, &[7; 32]).unwrap(), Some(mall.customer.id));
    assert_eq!(orders::get(conn, order.id).unwrap(), Some(order.clone()));
    assert_eq!(orders::at_version(conn, order.id, order.version).unwrap(), Some(order.clone()));
    assert_eq!(orders::at_version(conn, order.id, 1).unwrap().map(|order| order.status), Some(OrderStatus::Pending));
    assert_eq!(orders::at_version(conn, order.id, order.version + 1).unwrap(), None);
    assert_eq!(orders::at_version(conn, order.id, 0).unwrap(), None);
    assert!(idempotency::reply(conn, &[1; 32]).unwrap().is_none());
    let mut streams = customers::streams_of(conn, mall.customer.id).unwrap();
    streams.sort();
    assert_eq!(streams, [mall.payment.id.0, mall.basket.id.0, order.id.0]);
    let due = order.pay_by.unwrap();
    assert_eq!(orders::due(conn, due, Timestamp::MAX).unwrap(), [(due, order.id)]);
    assert_eq!(orders::due(conn, Timestamp(0), due).unwrap(), []);
}

#[test]
fn a_woken_store_leaves_archived_products_on_disk_unless_they_are_reserved() {
    let mut mall = Mall::open("archived-products");
    let mut order = mall.submit(100, 2);
    mall.accept(&mut order);
    let shelf = mall.store.products.keys().copied().collect();
    mall.store(&StoreCommand::ArchiveProducts(shelf));
    let loaded = stores::load(&mut mall.conn, mall.store.id).unwrap().unwrap();
    assert_eq!(loaded.products.keys().collect::<Vec<_>>(), [&ProductId(uuid(TEA))]);
    let conn = &mut mall.conn;
    assert!(products::get(conn, ProductId(uuid(TEA))).unwrap().is_none());
    assert_eq!(products::by_id(conn, &[ProductId(uuid(TEA)), ProductId(uuid(99))]).unwrap().len(), 1);
    assert_eq!(products::store_of(conn, ProductId(uuid(CUP))).unwrap(), Some(mall.store.id));
    assert_eq!(stores::get(conn, mall.store.id).unwrap().unwrap().product_count, 0);
}

#[test]
fn searches_ignore_case_by_unicode_and_take_wildcards_literally() {
    let mut mall = Mall::open("searches");
    let conn = &mut mall.conn;
    let mut named = |q: &str| {
        let filter = ProductFilter { q: Some(q.into()), ..Default::default() };
        products::list(conn, &filter, &first(10)).unwrap().items.len()
    };
    assert_eq!([named("TEA"), named("50%_"), named("5_%"), named("%"), named("CUP")], [1, 1, 0, 1, 1]);
    let filter = StoreFilter { q: Some("TÖPFE".into()), participating: Some(true) };
    let found = stores::list(conn, &filter, &first(10)).unwrap();
    assert_eq!((found.items.len(), found.items[0].product_count), (1, 2));
    assert_eq!(customers::list(conn, Some("GRÖSSE"), &first(10)).unwrap().items.len(), 1);
    assert_eq!(customers::list(conn, Some("GRÖß"), &first(10)).unwrap().items.len(), 1);
    assert_eq!(customers::list(conn, Some("000000000002"), &first(10)).unwrap().items.len(), 1);
    // Nothing holds a NUL, which PostgreSQL does not even take.
    assert_eq!(customers::list(conn, Some("\0"), &first(10)).unwrap().items.len(), 0);
    let filter = OrderFilter { q: Some("\0".into()), ..Default::default() };
    assert_eq!(orders::list(conn, &filter, &first(10)).unwrap().items.len(), 0);
    let filter = EventFilter { names: vec!["\0".into()], ..Default::default() };
    assert_eq!(events::list(conn, &filter, 10).unwrap().events, []);
}

#[test]
fn every_product_sort_pages_through_everything_once() {
    let mut mall = Mall::open("product-sorts");
    let (tea, cup) = (uuid(TEA), uuid(CUP));
    for (sort, expected) in [
        (ProductSort::Newest, [cup, tea]),
        (ProductSort::Name, [cup, tea]),
        (ProductSort::Price, [tea, cup]),
        (ProductSort::PriceDescending, [cup, tea]),
        (ProductSort::Stock, [cup, tea]),
        (ProductSort::StockDescending, [tea, cup]),
    ] {
        let filter = ProductFilter { sort, participating_only: true, ..Default::default() };
        let mut page = products::list(&mut mall.conn, &filter, &first(1)).unwrap();
        let mut seen = vec![page.items[0].product.id.0];
        while let Some(cursor) = page.next_cursor {
            let next = PageRequest { limit: 1, cursor: Some(cursor) };
            page = products::list(&mut mall.conn, &filter, &next).unwrap();
            seen.extend(page.items.iter().map(|view| view.product.id.0));
        }
        assert_eq!(seen, expected, "{sort:?}");
    }
    let filter = ProductFilter { sort: ProductSort::Price, ..Default::default() };
    let cursor = products::list(&mut mall.conn, &filter, &first(1)).unwrap().next_cursor;
    let other = ProductFilter { sort: ProductSort::Name, ..Default::default() };
    let error = products::list(&mut mall.conn, &other, &PageRequest { limit: 1, cursor }).unwrap_err();
    assert_eq!(error.kind(), DbErrorKind::BadCursor);
}

#[test]
fn orders_are_found_by_every_filter_and_paged_both_ways() {
    let mut mall = Mall::open("order-filters");
    // The youngest id is submitted first: what counts is when an order was submitted.
    let mut rejected = mall.submit(109, 1);
    mall.refuse(&mut rejected);
    let mut accepted = mall.submit(102, 2);
    mall.accept(&mut accepted);
    let pending = mall.submit(103, 1);
    let mut hidden = mall.submit(104, 1);
    mall.archive(&mut hidden);
    let (store_id, customer_id) = (mall.store.id, mall.customer.id);
    let mut found = |filter: OrderFilter| {
        let mut page = orders::list(&mut mall.conn, &filter, &first(2)).unwrap();
        let mut ids: Vec<OrderId> = page.items.iter().map(|order| order.id).collect();
        while let Some(cursor) = page.next_cursor {
            page = orders::list(&mut mall.conn, &filter, &PageRequest { limit: 2, cursor: Some(cursor) }).unwrap();
            ids.extend(page.items.iter().map(|order| order.id));
        }
        ids
    };
    let newest = [pending.id, accepted.id, rejected.id];
    assert_eq!(found(OrderFilter::default()), newest);
    assert_eq!(found(OrderFilter { store_id: Some(store_id), ..Default::default() }), newest);
    assert_eq!(found(OrderFilter { customer_id: Some(customer_id), ..Default::default() }), newest);
    assert_eq!(found(OrderFilter { q: Some(customer_id.to_string()), ..Default::default() }), newest);
    assert_eq!(found(OrderFilter { q: Some("0194".into()), ..Default::default() }), newest);
    assert_eq!(
        found(OrderFilter { q: Some(accepted.id.to_string().to_uppercase()), ..Default::default() }),
        [accepted.id]
    );
    assert_eq!(found(OrderFilter { q: Some("%".into()), ..Default::default() }), []);
    let oldest = OrderFilter { oldest_first: true, store_id: Some(store_id), ..Default::default() };
    assert_eq!(found(oldest), [rejected.id, accepted.id, pending.id]);
    assert_eq!(found(OrderFilter { archived: true, ..Default::default() }), [hidden.id]);
    assert_eq!(found(OrderFilter { status: Some(OrderStatus::Pending), ..Default::default() }), [pending.id]);
    assert_eq!(found(OrderFilter { reason: Some(Reason::NotEnoughMoney), ..Default::default() }), [rejected.id]);
    assert_eq!(found(OrderFilter { reason: Some(Reason::OutOfStock), ..Default::default() }), []);
    let at = Some(accepted.created_at);
    assert_eq!(found(OrderFilter { created_after: at, ..Default::default() }), [pending.id, accepted.id]);
    assert_eq!(found(OrderFilter { created_before: at, ..Default::default() }), [rejected.id]);
    let counts = orders::counts(&mut mall.conn).unwrap();
    assert_eq!(counts[0], (OrderStatus::Pending, 2));
    assert_eq!(counts.len(), OrderStatus::ALL.len());
}

#[test]
fn a_customer_is_summed_up() {
    let mut mall = Mall::open("customer-sums");
    let mut paid = mall.submit(100, 2);
    mall.accept(&mut paid);
    mall.pay(&mut paid);
    let mut accepted = mall.submit(101, 1);
    mall.accept(&mut accepted);
    let page = customers::list(&mut mall.conn, None, &first(10)).unwrap();
    let sum = &page.items[0];
    assert_eq!((sum.basket_size, sum.order_count), (4, 2));
    assert_eq!((sum.authorized, sum.held, sum.captured), (10_000, 500, 1_000));
    assert_eq!(sum.last_activity_at, accepted.updated_at);
    let listed = payments::list(&mut mall.conn, Some(mall.customer.id), &first(10)).unwrap();
    assert_eq!((listed.items[0].captured, listed.items[0].holds.len()), (1_000, 0));
}

#[test]
fn events_are_read_both_ways_from_an_exclusive_position() {
    let mut mall = Mall::open("events");
    let mut order = mall.submit(100, 2);
    mall.accept(&mut order);
    let conn = &mut mall.conn;
    let head = events::head(conn).unwrap();
    let mut positions = |filter: EventFilter, limit| -> Vec<u64> {
        events::list(conn, &filter, limit).unwrap().events.iter().map(|event| event.position).collect()
    };
    assert_eq!(positions(EventFilter::default(), 1_000), (1..=head).collect::<Vec<_>>());
    assert_eq!(positions(EventFilter { after: Some(2), ..Default::default() }, 2), [3, 4]);
    assert_eq!(positions(EventFilter { after: Some(3), descending: true, ..Default::default() }, 9), [2, 1]);
    let stream = EventFilter { stream_id: Some(order.id.0), ..Default::default() };
    let all = positions(stream.clone(), 100);
    assert_eq!(all.len() as u64, order.version);
    // From a position of the stream, and from one between two of them.
    assert_eq!(positions(EventFilter { after: Some(all[0]), ..stream.clone() }, 100), all[1..]);
    assert_eq!(positions(EventFilter { after: Some(all[1] - 1), ..stream.clone() }, 100), all[1..]);
    let back = EventFilter { after: Some(all[2]), descending: true, ..stream };
    assert_eq!(positions(back, 100), [all[1], all[0]]);
    assert_eq!(positions(EventFilter { after: Some(1), up_to: Some(3), ..Default::default() }, 9), [2, 3]);
    let submitted = EventFilter { names: vec!["order.submitted".into()], ..Default::default() };
    assert_eq!(positions(submitted.clone(), 100), [all[0]]);
    let name = events::list(conn, &submitted, 1).unwrap().events.remove(0).name;
    assert!(matches!(name, std::borrow::Cow::Borrowed("order.submitted")));
}

#[test]
fn a_page_of_events_ends_where_its_bytes_would_be_too_many() {
    let mut mall = Mall::open("event-pages");
    let before = events::head(&mut mall.conn).unwrap();
    let stream_id = uuid(700);
    let quarter = PAGE_BYTES / 4;
    // Characters of two bytes: it is bytes that count.
    let payloads = [quarter, quarter, quarter, quarter, 3 * PAGE_BYTES, 100, 100];
    for (bytes, version) in payloads.iter().zip(1..) {
        let payload = format!("{:?}", "ä".repeat(bytes / 2 - 1));
        assert_eq!(payload.len(), *bytes);
        let event = NewEvent {
            stream: StreamKind::Basket,
            stream_id,
            version,
            name: "basket.created",
            payload,
            occurred_at: mall.now,
            cause: Cause { correlation_id: uuid(9), causation_id: "test".into() },
        };
        mall.write(Append { events: vec![event], ..Append::default() });
    }
    let mut pages = |mut filter: EventFilter, limit| {
        let mut pages: Vec<Vec<u64>> = Vec::new();
        loop {
            let page = events::list(&mut mall.conn, &filter, limit).unwrap();
            let bytes: usize = page.events.iter().map(|event| event.payload.len()).sum();
            assert!(bytes <= PAGE_BYTES || page.events.len() == 1, "{bytes}");
            pages.push(page.events.iter().map(|event| event.position - before).collect());
            filter.after = page.events.last().map(|event| event.position);
            if !page.more {
                return pages;
            }
        }
    };
    let after = EventFilter { after: Some(before), ..EventFilter::default() };
    let one_stream = EventFilter { stream_id: Some(stream_id), ..after.clone() };
    for filter in [after.clone(), one_stream.clone()] {
        assert_eq!(pages(filter.clone(), 500), [vec![1, 2, 3, 4], vec![5], vec![6, 7]]);
        assert_eq!(pages(filter, 3), [vec![1, 2, 3], vec![4], vec![5], vec![6, 7]]);
    }
    let back = EventFilter { after: None, descending: true, ..one_stream };
    assert_eq!(pages(back, 500), [vec![7, 6], vec![5], vec![4, 3, 2, 1]]);
    assert_eq!(pages(EventFilter { after: Some(before + 7), ..after }, 500), [Vec::<u64>::new()]);
}

#[test]
fn every_list_of_orders_walks_the_narrowest_index_and_sorts_nothing() {
    let mut mall = Mall::open("order-plans");
    let said: Arc<Mutex<String>> = Arc::default();
    let hears = said.clone();
    mall.conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            *hears.lock().unwrap() = query.to_string();
        }
    });
    let (customer, store) = (mall.customer.id, mall.store.id);
    for (bits, limit) in (0..64_u8).flat_map(|bits| [1, 2, 50].map(|limit| (bits, limit))) {
        let given = |bit: u8| bits >> bit & 1 == 1;
        let filter = OrderFilter {
            customer_id: given(0).then_some(customer),
            store_id: given(1).then_some(store),
            status: given(2).then_some(OrderStatus::Delivered),
            reason: given(3).then_some(Reason::OutOfStock),
            archived: given(4),
            created_after: given(5).then_some(mall.now),
            ..OrderFilter::default()
        };
        orders::list(&mut mall.conn, &filter, &first(limit)).unwrap();
        let asked = said.lock().unwrap().clone();
        let plan = plan(&mut mall.conn, &asked);
        let walks = match (given(0), given(1)) {
            (true, _) => "orders_by_customer (customer_id=?",
            (false, true) => "SEARCH order_stores USING PRIMARY KEY (store_id=?",
            _ if given(2) || given(3) || given(4) => "USING INDEX orders_",
            _ => "orders_by_time",
        };
        assert!(plan.contains(walks) && !plan.contains("TEMP B-TREE"), "{limit} of {filter:?}\n{plan}\n{asked}");
        assert!(given(2) || given(3) || given(4) || !plan.contains("orders_by_status"), "{plan}");
    }
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// How SQLite goes about what diesel says that it asked. Of the values it is bound to SQLite looks at the limit only, which
/// comes last: sorting two rows out of all seems to cost nothing.
fn plan(conn: &mut Connection, asked: &str) -> String {
    let Connection::Sqlite(conn) = conn else { unreachable!("the small mall is in memory") };
    let (sql, binds) = asked.split_once(" -- binds: ").unwrap();
    let binds: Vec<Value> = serde_json::from_str(binds).unwrap();
    let (sql, rest) = sql.rsplit_once('?').unwrap();
    let sql = format!("{sql}{}{rest}", binds.last().unwrap());
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
    steps.into_iter().map(|step| step.detail + "\n").collect()
}
