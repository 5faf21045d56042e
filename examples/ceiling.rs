//! The machine's ceiling: the rows of an order, inserted by a bare loop.
//!
//! What is written is what a real order writes (it is played in a virtual mall first, and its events and bodies are
//! taken as they are), into the same tables with the same indexes and triggers, over the same driver and settings
//! (`synchronous=FULL`), in transactions as large as a full group commit. What is missing is everything else: HTTP,
//! JSON, actors, decisions, queues, hashes.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "small counts, and figures for people"
)]

use anyhow::{Context, Result};
use clap::Parser;
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, ExpressionMethods, QueryDsl, RunQueryDsl, SqliteConnection, insert_into, update};
use plaza::actors::admission::Admitted;
use plaza::actors::counter::{LineRequest, PlaceOrder};
use plaza::actors::mall::Mall;
use plaza::db::connection::Connection;
use plaza::db::open::{self, Birth};
use plaza::db::place::Place;
use plaza::db::pool::open_writer;
use plaza::db::schema::{customers, events, holds, order_stores, orders, payments, products, reservations, stores};
use plaza::domain::ids::{CustomerId, PaymentId, ProductId, StoreId};
use plaza::domain::money::Money;
use plaza::domain::order::{OnShortage, OrderPolicy};
use plaza::domain::participant::Fulfilment;
use plaza::domain::store::{ProductEdit, StoreCommand, StoreEdit};
use plaza::domain::time::Timestamp;
use plaza::ports::journal::Cause;
use plaza::ports::reply::{Reply, Responder};
use plaza::sim::world::{self, Options, World};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Appends of one full group commit (`db::journal`).
const GROUP: u64 = 512;
/// Appends of one order: its submission, the bank's verdict, the store's verdict.
const APPENDS: u64 = 3;
/// Stores, products and payments the orders are spread over, as the load generator does.
const SPREAD: u64 = 8;

/// Measures how many orders a second a bare loop writes.
#[derive(Parser)]
struct Settings {
    /// How long to write.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Where to make the database; on the disk of the data directory it is compared with.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
}

/// What one append of a real order writes.
struct Stage {
    events: Vec<SampleEvent>,
    body: String,
}

struct SampleEvent {
    stream: String,
    name: String,
    payload: String,
}

fn main() -> Result<()> {
    let settings = Settings::parse();
    let stages = world::run(sample_order())?;
    let dir = tempfile::tempdir_in(&settings.dir)?;
    let birth = Birth { log_id: Uuid::from_u128(1), currency: "EUR".parse()?, at: Timestamp(1) };
    let place = Place::in_directory(dir.path());
    // Makes the tables, and lets go of them.
    drop(open::open(&place, birth, open::Loss::Refused)?);
    let Connection::Sqlite(mut conn) = open_writer(&place)? else { anyhow::bail!("a file is an SQLite database") };
    let mut bare = Bare { position: 0, versions: [0; 2 * SPREAD as usize] };
    Bare::found(&mut conn)?;

    let (started, limit) = (Instant::now(), Duration::from_secs(settings.seconds));
    let (block, mut complete, mut commits) = (GROUP / APPENDS, 0_u64, 0_u64);
    // Each commit holds the submissions of one block, the bank's verdicts of the one before and the stores' of the one
    // before that, as under load.
    while started.elapsed() < limit {
        conn.batch_execute("BEGIN IMMEDIATE")?;
        for (age, stage) in stages.iter().enumerate() {
            let Some(turn) = commits.checked_sub(age as u64) else { break };
            for order in turn * block..(turn + 1) * block {
                bare.append(&mut conn, age, stage, order)?;
            }
        }
        Bare::shared_rows(&mut conn, commits)?;
        conn.batch_execute("COMMIT")?;
        commits += 1;
        complete += if commits >= APPENDS { block } else { 0 };
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand")]
    let (orders, events) = (complete as f64, bare.position as f64);
    let took = started.elapsed().as_secs_f64();
    let (per_s, per_order, commit_ms) =
        (orders / took, events / orders, took * 1_000.0 * APPENDS as f64 * block as f64 / orders / APPENDS as f64);
    eprintln!("  {per_s:>14.0} orders/s by a bare loop ({per_order:.1} events an order, {commit_ms:.1} ms a commit)");
    println!(
        "{}",
        serde_json::json!({"mode": "ceiling", "orders_per_s": per_s, "events_per_order": per_order, "orders": orders})
    );
    Ok(())
}

struct Bare {
    position: i64,
    /// Events of each store, then of each payment.
    versions: [i64; 2 * SPREAD as usize],
}

fn id(kind: u8, number: u64) -> String {
    format!("01a20426-{kind:04x}-7000-8000-{number:012x}")
}

impl Bare {
    fn found(conn: &mut SqliteConnection) -> Result<()> {
        conn.transaction(|conn| {
            for number in 0..SPREAD {
                Self::found_one(conn, number)?;
            }
            Ok(())
        })
    }

    fn found_one(conn: &mut SqliteConnection, number: u64) -> Result<()> {
        let (store, product, customer, payment) = (id(1, number), id(2, number), id(3, number), id(4, number));
        insert_into(stores::table)
            .values((
                (stores::id.eq(&store), stores::name.eq("Store"), stores::location.eq("Here")),
                (
                    stores::participating.eq(true),
                    stores::confirmation_delay_ms.eq(0),
                    stores::fulfilment.eq("internal"),
                ),
                (stores::archived.eq(false), stores::version.eq(1), stores::created_at.eq(1)),
            ))
            .execute(conn)?;
        insert_into(products::table)
            .values((
                (products::id.eq(&product), products::store_id.eq(&store), products::sku.eq("sku")),
                (products::name.eq("Thing"), products::description.eq(""), products::price.eq(100)),
                (products::on_hand.eq(1_000_000_000), products::reserved.eq(0), products::archived.eq(false)),
                (products::version.eq(1), products::created_at.eq(1)),
            ))
            .execute(conn)?;
        insert_into(customers::table)
            .values((
                (customers::id.eq(&customer), customers::name.eq("Load"), customers::phone.eq("+1 555")),
                (customers::token_hash.eq(customer.as_bytes()), customers::version.eq(1), customers::created_at.eq(1)),
            ))
            .execute(conn)?;
        insert_into(payments::table)
            .values((
                (payments::id.eq(&payment), payments::customer_id.eq(&customer), payments::status.eq("authorized")),
                (payments::authorized.eq(1_i64 << 50), payments::available.eq(1_i64 << 50), payments::held.eq(0)),
                (
                    payments::captured.eq(0),
                    payments::refunded.eq(0),
                    payments::version.eq(1),
                    payments::created_at.eq(1),
                ),
            ))
            .execute(conn)?;
        Ok(())
    }

    /// Writes one append of an order: its events and the rows only it has.
    fn append(&mut self, conn: &mut SqliteConnection, age: usize, stage: &Stage, number: u64) -> Result<()> {
        let (order, shared) = (id(5, number), number % SPREAD);
        let (store, payment) = (id(1, shared), id(4, shared));
        let mut version = if age == 0 { 0 } else { 2 * age as i64 };
        for event in &stage.events {
            let (stream_id, version) = match event.stream.as_str() {
                "store" => (&store, bump(&mut self.versions[shared as usize])),
                "payment" => (&payment, bump(&mut self.versions[(SPREAD + shared) as usize])),
                _ => (&order, bump(&mut version)),
            };
            self.position += 1;
            insert_into(events::table)
                .values((
                    (
                        events::position.eq(self.position),
                        events::stream.eq(&event.stream),
                        events::stream_id.eq(stream_id),
                    ),
                    (events::version.eq(version), events::name.eq(&event.name), events::payload.eq(&event.payload)),
                    (events::occurred_at.eq(self.position), events::correlation_id.eq(&order)),
                    (events::causation_id.eq(&order), events::hash.eq(&[7_u8; 32][..])),
                ))
                .execute(conn)?;
        }
        match age {
            0 => self.submitted(conn, &order, &store, &payment, &id(3, shared), &stage.body)?,
            1 => {
                self.moved(conn, &order, "pending", version, &stage.body)?;
                insert_into(holds::table)
                    .values((
                        (holds::order_id.eq(&order), holds::payment_id.eq(&payment)),
                        (holds::amount.eq(100), holds::status.eq("held")),
                    ))
                    .execute(conn)?;
            }
            _ => {
                self.moved(conn, &order, "accepted", version, &stage.body)?;
                let lines = format!("[{{\"product_id\":\"{}\",\"quantity\":1}}]", id(2, shared));
                insert_into(reservations::table)
                    .values((
                        (reservations::order_id.eq(&order), reservations::store_id.eq(&store)),
                        (reservations::lines.eq(lines), reservations::status.eq("reserved")),
                    ))
                    .execute(conn)?;
            }
        }
        Ok(())
    }

    fn submitted(
        &self,
        conn: &mut SqliteConnection,
        order: &str,
        store: &str,
        payment: &str,
        customer: &str,
        body: &str,
    ) -> Result<()> {
        insert_into(orders::table)
            .values((
                (orders::id.eq(order), orders::customer_id.eq(customer), orders::payment_id.eq(payment)),
                (orders::status.eq("pending"), orders::reasons.eq(""), orders::archived.eq(false)),
                (orders::next_due_at.eq(Some(self.position)), orders::total.eq(100), orders::version.eq(1)),
                (orders::created_at.eq(self.position), orders::updated_at.eq(self.position), orders::body.eq(body)),
            ))
            .execute(conn)?;
        insert_into(order_stores::table)
            .values((
                order_stores::store_id.eq(store),
                order_stores::created_at.eq(self.position),
                order_stores::order_id.eq(order),
            ))
            .execute(conn)?;
        Ok(())
    }

    fn moved(&self, conn: &mut SqliteConnection, order: &str, status: &str, version: i64, body: &str) -> Result<()> {
        update(orders::table.filter(orders::id.eq(order)))
            .set((
                (orders::status.eq(status), orders::next_due_at.eq(Some(self.position)), orders::version.eq(version)),
                (orders::updated_at.eq(self.position), orders::body.eq(body)),
            ))
            .execute(conn)?;
        Ok(())
    }

    /// Products and payments change with every order, but are written once a group.
    fn shared_rows(conn: &mut SqliteConnection, commit: u64) -> Result<()> {
        for number in 0..SPREAD {
            update(products::table.filter(products::id.eq(id(2, number))))
                .set((products::reserved.eq(commit.cast_signed()), products::version.eq(commit.cast_signed() + 2)))
                .execute(conn)?;
            let held = commit.cast_signed() + 1;
            update(payments::table.filter(payments::id.eq(id(4, number))))
                .set((
                    payments::held.eq(held),
                    payments::available.eq((1_i64 << 50) - held),
                    payments::version.eq(held + 1),
                ))
                .execute(conn)?;
            update(stores::table.filter(stores::id.eq(id(1, number))))
                .set(stores::version.eq(held + 1))
                .execute(conn)?;
        }
        Ok(())
    }
}

fn bump(version: &mut i64) -> i64 {
    *version += 1;
    *version
}

/// Plays one order in a virtual mall and takes down what each of its appends wrote.
async fn sample_order() -> Result<Vec<Stage>> {
    let policy = OrderPolicy {
        payment_delay_ms: 5_000,
        grace_ms: 30_000,
        pay_deadline_ms: 1_800_000,
        shipping_delay_ms: 0,
        speed: 1,
        payment_provider: Fulfilment::Internal,
    };
    let world = World::open(Options::new(1, policy)).await?;
    let mall = world.mall();
    let (customer_id, payment_id, product_id) = prepare(&mall).await?;
    let order = PlaceOrder {
        customer_id,
        expected_total: None,
        draw: None,
        payment_id,
        lines: vec![LineRequest { product_id, quantity: 1 }],
        on_shortage: OnShortage::RejectAll,
    };
    let mut seen = last_position(&world)?;
    mall.place_order(order, made(|order| order.id.0), admitted(&mall)?).await?;
    let mut stages = Vec::new();
    for wait_s in [0, 6, 10] {
        tokio::time::sleep(Duration::from_secs(wait_s)).await;
        let rows = world.look(|conn| -> diesel::QueryResult<Vec<(String, String, String)>> {
            let after = events::table.filter(events::position.gt(seen)).order(events::position);
            after.select((events::stream, events::name, events::payload)).load(conn)
        })?;
        let events = rows.into_iter().map(|(stream, name, payload)| SampleEvent { stream, name, payload }).collect();
        stages.push(Stage { events, body: world.look(|conn| orders::table.select(orders::body).first(conn))? });
        seen = last_position(&world)?;
    }
    mall.close();
    Ok(stages)
}

fn last_position(world: &World) -> Result<i64> {
    let last: Option<i64> = world.look(|conn| events::table.select(diesel::dsl::max(events::position)).first(conn))?;
    last.context("the virtual mall wrote nothing")
}

async fn prepare(mall: &std::sync::Arc<Mall>) -> Result<(CustomerId, PaymentId, ProductId)> {
    let eur = |amount| -> Result<Money> { Ok(Money::new(amount, "EUR".parse()?)) };
    let edit = StoreEdit {
        name: Some("Load store 0".into()),
        location: Some("Load".into()),
        confirmation_delay_ms: Some(15_000),
        fulfilment: None,
    };
    let store = StoreId(id_of(&mall.create_store(edit, made(|store| store.id.0), admitted(mall)?).await?)?);
    let product = ProductId(mall.entropy().uuid());
    let edit = ProductEdit {
        name: Some("Thing 0".into()),
        price: Some(eur(100)?),
        stock: Some(1_000_000_000),
        ..ProductEdit::default()
    };
    for command in [StoreCommand::Participate(true), StoreCommand::AddProduct(product, edit)] {
        mall.administer(store, command, None, made(|store| store.id.0), admitted(mall)?).await?;
    }
    let made_customer = made(|customer: &plaza::domain::customer::CustomerState| customer.id.0);
    let customer = mall.register_customer("Load 0", "+1 555", b"token", made_customer, admitted(mall)?).await?;
    let customer = CustomerId(id_of(&customer)?);
    let payment =
        mall.authorize_payment(customer, eur(1 << 40)?, made(|payment| payment.id.0), admitted(mall)?).await?;
    Ok((customer, PaymentId(id_of(&payment)?), product))
}

fn admitted(mall: &Mall) -> Result<Admitted> {
    Ok(mall.admit(
        Cause { correlation_id: Uuid::nil(), causation_id: format!("req-{}", Uuid::nil()).as_str().into() },
        plaza::actors::principal::Principal::Open,
    )?)
}

fn made<S: 'static>(id: fn(&S) -> Uuid) -> Responder<S> {
    Responder::new(None, move |state| Reply {
        status: 201,
        version: None,
        location: None,
        body: id(state).into_bytes().to_vec(),
    })
}

fn id_of(reply: &Reply) -> Result<Uuid> {
    Ok(Uuid::from_slice(&reply.body)?)
}
