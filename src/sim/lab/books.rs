//! What the books of a mall that goes on say of a simulation that was made in it.

use super::here::Here;
use crate::db::reads::orders::Head;
use crate::db::reads::totals::Totals;
use crate::domain::ids::OrderId;
use crate::domain::time::Timestamp;
use crate::ports::reads::orders::OrderFilter;
use crate::ports::reads::{PageRequest, ReadError};
use crate::sim::door::inside::InsideDoor;
use crate::sim::door::shelf::Shelf;
use crate::sim::run::finish::Books;
use crate::sim::run::report::JournalEnd;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::sleep;

/// How often it is tried to read the books.
const TRIES: u32 = 5;
/// The pause before they are tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// Rows of a list that are read at a time.
const PAGE: usize = 1_000;

/// What the books say, asked again where the mall is busy; none where it cannot say. `show` is called meanwhile.
pub async fn checked(
    here: &Here,
    door: &InsideDoor,
    shelf: &Shelf,
    since: Timestamp,
    show: impl Fn(),
) -> Option<Books> {
    for _ in 0..TRIES {
        match books(here, door, shelf, since, &show).await {
            Ok(books) => return Some(books),
            Err(error) => tracing::warn!(%error, "the books of a simulation cannot be read"),
        }
        sleep(AGAIN).await;
    }
    None
}

/// The orders of the run's customers, and what its shelves have; and of the whole mall, whether every invariant holds.
async fn books(
    here: &Here,
    door: &InsideDoor,
    shelf: &Shelf,
    since: Timestamp,
    show: &impl Fn(),
) -> Result<Books, ReadError> {
    let customers = door.customers();
    let mut orders: BTreeMap<OrderId, Head> = BTreeMap::new();
    for archived in [false, true] {
        let created_after = Some(Timestamp(since.0 - 1_000_000));
        let filter = OrderFilter { created_after, archived, ..OrderFilter::default() };
        let mut page = PageRequest { limit: PAGE, cursor: None };
        loop {
            let read = here.reads.orders(filter.clone(), page.clone()).await?;
            let ours = read.items.iter().filter(|order| customers.contains(&order.customer_id));
            orders.extend(ours.map(|order| {
                (order.id, Head { version: order.version, status: order.status, total: order.total.amount_minor })
            }));
            page.cursor = read.next_cursor;
            if page.cursor.is_none() {
                break;
            }
            show();
        }
    }
    let mut sums = Totals::default();
    for store in (0..).map_while(|number| shelf.store(number)) {
        // One that was closed meanwhile has no shelves any more.
        let shelves = here.reads.load_store(store).await?.into_iter().flat_map(|store| store.products.into_values());
        for product in shelves {
            sums.on_hand += product.stock.on_hand;
            sums.reserved += product.stock.reserved;
        }
    }
    let audit = here.reads.audit().await?;
    let broken = audit.invariants.into_iter().flat_map(|invariant| {
        let id = invariant.id;
        invariant.violations.into_iter().map(move |said| format!("{id}: {said}"))
    });
    let journal = JournalEnd { position: audit.position, head: None };
    Ok(Books { orders, sums, problems: broken.collect(), journal })
}
