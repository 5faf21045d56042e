//! `/simulations`: the mall is asked what would happen, in itself or beside it.

use super::door::caller::Caller;
use super::door::codes::Code;
use super::door::json::Json;
use super::door::problem::ApiError;
use super::door::query::Query;
use super::door::reply::{Answer, ok, rendered, to_json};
use super::door::seats::Seat;
use super::door::values::List;
use super::simulation_body::{Comparison, Simulation, SimulationReport};
use super::simulation_request::{NewSimulation, ShippedScenario, SteerSimulation, Wanted};
use super::state::State;
use crate::ports::reads::PageRequest;
use crate::ports::reads::stores::StoreFilter;
use crate::sim::experiment::plan::ExperimentPlan;
use crate::sim::lab::record::Place;
use crate::sim::lab::running::Running;
use crate::sim::lab::{Asked, LabError};
use crate::sim::run::judge::Mode;
use crate::sim::scenario::document::Document;
use crate::sim::scenario::errands::{Catalogue, Errands, rate};
use crate::sim::scenario::shipped;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::{Stream, stream};
use serde::Deserialize;
use std::cell::Cell;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::timeout;
use utoipa::IntoParams;
use uuid::Uuid;

/// How often a silent stream looks whether the mall is stopping.
const LOOK: Duration = Duration::from_secs(1);
/// The most products that an empty mall is filled with for a simulation.
const PRODUCTS_MAX: u64 = 10_000;
/// How many shoppers of a scenario are counted before it begins, at the most.
const COUNTED: u64 = 200_000;
/// Of how many seconds the highest rate of a scenario is looked for at a time.
const SPAN: f64 = 1_800.0;
/// By what part it may be told too high.
const MARGIN: f64 = 0.000_002;

impl From<LabError> for ApiError {
    fn from(error: LabError) -> Self {
        let said = error.to_string();
        match error {
            LabError::Running(_) => Self::new(Code::SimulationRunning, said),
            LabError::Unknown | LabError::NoReport => Self::new(Code::UnknownSimulation, said),
            LabError::Over => Self::new(Code::SimulationOver, said),
            LabError::Virtual => Self::new(Code::SimulationVirtual, said),
            LabError::NotReady => Self::new(Code::ReportNotReady, said),
            LabError::AnotherSort => Self::invalid("?with", "another_sort", said),
            LabError::TooFast(_) => Self::invalid("/rate", "out_of_range", said),
        }
    }
}

/// List the scenarios that are part of the program.
#[utoipa::path(get, path = "/api/v1/simulations/scenarios", tag = "simulations", responses((status = 200, body = List<ShippedScenario>)))]
pub async fn list_scenarios() -> Answer {
    let items = shipped::ALL.iter().map(ShippedScenario::of).collect::<Result<_, _>>()?;
    Ok(ok(None, &List { items, next_cursor: None }))
}

/// Begin a simulation.
///
/// One at a time. `live` is in this mall: shoppers come beside the people it serves, take at most half of its room, live in
/// its time, and what they do stays in its journal for ever; at most 200 a second and 100 000 in all unless `allow` says
/// more. `virtual` is in a mall of its own, in virtual time, as a process of low priority.
#[utoipa::path(post, path = "/api/v1/simulations", tag = "simulations", request_body = NewSimulation, responses((status = 202, body = Simulation)))]
pub async fn start_simulation(state: State, caller: Caller, body: Json<NewSimulation>) -> Answer {
    let Json { value, raw } = body;
    let wanted = value.into_wanted()?;
    allowed(&wanted)?;
    if let Some(running) = state.lab.running()
        && caller.idempotency_key()?.is_none()
    {
        // Before anything is counted.
        return Err(LabError::Running(running.record().id).into());
    }
    if wanted.mode == Place::Live {
        bounded(&state, &wanted).await?;
    }
    let given = caller.once(&state, &raw, async |ticket| {
        let Wanted { document, shipped, set, mode, from_this_mall, seed, replications, rate_most, orders_most } =
            wanted;
        let most = orders_most;
        let asked = Asked { document, shipped, set, mode, from_this_mall, seed, replications, most, rate_most };
        let record = state.lab.start(asked)?;
        let location = format!("/api/v1/simulations/{}", record.id);
        ticket.commit(&state, rendered(202, None, Some(location), &Simulation::from(record))).await
    });
    Ok(given.await?.into())
}

const NO_FILE: &str = "a scenario that is sent to a mall names no file";

/// What nobody may ask of a mall over the network: to open files, and to be killed.
fn allowed(wanted: &Wanted) -> Result<(), ApiError> {
    let refused =
        |said: String| ApiError::field(Code::ScenarioNotAllowedHere, pointer(wanted), "not_allowed_here", said);
    let Wanted { document, .. } = wanted;
    if let Some(trace) = &document.scenario.trace {
        let said = document.error(Some(trace.span()), NO_FILE);
        return Err(refused(said.to_string()));
    }
    // Values that are varied may name one, however their key is written.
    let names_file = Cell::new(false);
    let check = |variant: &Document| match &variant.scenario.trace {
        Some(trace) => {
            names_file.set(true);
            Err(variant.error(Some(trace.span()), NO_FILE))
        }
        None => Ok(()),
    };
    if wanted.mode == Place::Virtual
        && let Err(error) = ExperimentPlan::of(document, wanted.replications, Mode::Virtual, check)
    {
        let said = match error.place.strip_prefix("--set ") {
            Some(value) => format!("experiment.vary: {value}: {}", error.said),
            None => error.to_string(),
        };
        if names_file.get() {
            return Err(refused(said));
        }
        return Err(ApiError::invalid(pointer(wanted), "invalid_scenario", said));
    }
    if wanted.mode == Place::Live
        && let Err(error) = document.check_live(false)
    {
        let place = error.place;
        return Err(refused(format!(
            "{place}: no simulation kills this mall; ask for it in virtual time, or leave it out"
        )));
    }
    Ok(())
}

const fn pointer(wanted: &Wanted) -> &'static str {
    if wanted.shipped.is_some() { "/scenario" } else { "/toml" }
}

/// What a scenario brings into this mall is no more than was allowed.
async fn bounded(state: &State, wanted: &Wanted) -> Result<(), ApiError> {
    let mall = &wanted.document.scenario.mall;
    let products = u64::from(*mall.stores.get_ref()) * u64::from(*mall.products_per_store.get_ref());
    let first = PageRequest { limit: 1, cursor: None };
    if products > PRODUCTS_MAX && state.reads.stores(StoreFilter::default(), first).await?.items.is_empty() {
        let said =
            format!("the scenario fills an empty mall with {products} products; at most {PRODUCTS_MAX} in this one");
        return Err(ApiError::field(Code::ScenarioNotAllowedHere, pointer(wanted), "too_many_products", said));
    }
    // More than that nobody waits to have counted: the simulation ends when as many have come.
    let (document, seed, most) = (wanted.document.clone(), wanted.seed, wanted.orders_most.min(COUNTED));
    let counted = web::block(move || (fastest(&document, seed), shoppers(&document, seed, most)));
    let (fastest, shoppers) = counted.await.map_err(|error| ApiError::from(Code::Unavailable).caused_by(error))?;
    if fastest > wanted.rate_most * (1.0 + MARGIN) {
        let said = format!(
            "must be at least {}: so many shoppers a second the scenario brings at its highest, and what they do stays in this \
             mall's journal for ever",
            (fastest / (1.0 + MARGIN)).ceil()
        );
        return Err(ApiError::invalid("/allow/rate", "out_of_range", said));
    }
    if shoppers > wanted.orders_most {
        let said = format!(
            "must be more than {}: the scenario brings more shoppers than that, and what they do stays in this mall's \
             journal for ever",
            wanted.orders_most
        );
        return Err(ApiError::invalid("/allow/orders", "out_of_range", said));
    }
    Ok(())
}

/// The highest rate of a scenario, shoppers a second.
fn fastest(document: &Document, seed: u64) -> f64 {
    let rate = rate(&document.scenario, document.starts_at, seed);
    let (mut from, until, mut most) = (0.0, document.scenario.duration.seconds(), 0.0_f64);
    while from < until {
        let to = f64::min(from + SPAN, until);
        most = most.max(rate.most(from, to));
        from = to;
    }
    most
}

/// How many shoppers a scenario brings, as far as that is no more than one beyond the most.
fn shoppers(document: &Document, seed: u64, most: u64) -> u64 {
    let catalogue = Catalogue::of(&document.scenario);
    let bounded = usize::try_from(most).unwrap_or(usize::MAX).saturating_add(1);
    Errands::new(document, &catalogue, document.starts_at, seed).take(bounded).count() as u64
}

/// List simulations, newest first: the one under way, and the last twenty.
#[utoipa::path(get, path = "/api/v1/simulations", tag = "simulations", responses((status = 200, body = List<Simulation>)))]
pub async fn list_simulations(state: State) -> Answer {
    let items = state.lab.list().into_iter().map(Simulation::from).collect();
    Ok(ok(None, &List { items, next_cursor: None }))
}

/// How a simulation is.
#[utoipa::path(get, path = "/api/v1/simulations/{id}", tag = "simulations", responses((status = 200, body = Simulation)))]
pub async fn get_simulation(state: State, caller: Caller) -> Answer {
    Ok(ok(None, &Simulation::from(state.lab.get(caller.id("id")?)?)))
}

/// Change a simulation in this mall while it runs.
///
/// It is noted with its time, and told in the report.
#[utoipa::path(patch, path = "/api/v1/simulations/{id}", tag = "simulations", request_body = SteerSimulation, responses((status = 200, body = Simulation)))]
pub async fn steer_simulation(state: State, caller: Caller, body: Json<SteerSimulation>) -> Answer {
    let id = caller.id("id")?;
    let change = body.value.into_change()?;
    Ok(ok(None, &Simulation::from(state.lab.steer(id, change)?)))
}

/// Stop a simulation.
///
/// Nobody comes any more, what is open is settled, and the report is made. One that settles already, as after the first time,
/// ends at once. One that is over stays as it is.
#[utoipa::path(delete, path = "/api/v1/simulations/{id}", tag = "simulations", responses((status = 200, body = Simulation)))]
pub async fn stop_simulation(state: State, caller: Caller) -> Answer {
    Ok(ok(None, &Simulation::from(state.lab.stop(caller.id("id")?)?)))
}

/// Get the report of a simulation as a page: one HTML file that loads nothing.
#[utoipa::path(get, path = "/api/v1/simulations/{id}/report", tag = "simulations", responses((status = 200, body = String, content_type = "text/html")))]
pub async fn get_report(state: State, caller: Caller) -> Answer {
    let (page, _) = state.lab.reports(caller.id("id")?)?;
    let mut response = HttpResponse::Ok();
    // What callers chose is in it: nothing of it may run, and it is of no origin.
    response
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; style-src 'unsafe-inline'"));
    Ok(response.body(reported(page).await?))
}

/// Get the report of a simulation as JSON.
#[utoipa::path(get, path = "/api/v1/simulations/{id}/report.json", tag = "simulations", responses((status = 200, body = SimulationReport)))]
pub async fn get_report_json(state: State, caller: Caller) -> Answer {
    let (_, json) = state.lab.reports(caller.id("id")?)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, "application/json"));
    Ok(response.body(reported(json).await?))
}

/// Get the scenario of a simulation, as it was written; `set` says what counted in place of its values.
#[utoipa::path(get, path = "/api/v1/simulations/{id}/scenario", tag = "simulations", responses((status = 200, body = String, content_type = "application/toml")))]
pub async fn get_scenario(state: State, caller: Caller) -> Answer {
    let path = state.lab.scenario(caller.id("id")?)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, "application/toml; charset=utf-8"));
    Ok(response.body(kept(path, "the scenario was not kept").await?))
}

/// What a simulation is compared with.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CompareWith {
    /// Another simulation of the same sort, by its id.
    #[param(value_type = Uuid, required = true)]
    with: Option<Uuid>,
}

/// Compare the reports of two simulations.
///
/// Every figure of both. Of two experiments it is told what is more than noise; two single runs cannot say it.
#[utoipa::path(get, path = "/api/v1/simulations/{id}/comparison", tag = "simulations", params(CompareWith), responses((status = 200, body = Comparison)))]
pub async fn compare_simulations(state: State, caller: Caller, Query(query): Query<CompareWith>) -> Answer {
    let (id, lab) = (caller.id("id")?, state.lab.clone());
    // What is not there has nothing that could be left out.
    lab.get(id)?;
    let with = query.with.ok_or_else(|| ApiError::invalid("?with", "missing_parameter", "is required"))?;
    let compared = web::block(move || lab.compared(id, with)).await;
    let baseline = compared.map_err(|error| ApiError::from(Code::Unavailable).caused_by(error))??;
    Ok(ok(None, &Comparison::from(baseline)))
}

async fn reported(path: PathBuf) -> Result<Vec<u8>, ApiError> {
    kept(path, "the simulation has no report").await
}

/// What is kept of a simulation, if it is.
async fn kept(path: PathBuf, or: &'static str) -> Result<Vec<u8>, ApiError> {
    let read = web::block(move || std::fs::read(path))
        .await
        .map_err(|error| ApiError::from(Code::Unavailable).caused_by(error))?;
    // One that was cut short has left an empty one, or none.
    let whole = read.ok().filter(|kept| !kept.is_empty());
    whole.ok_or_else(|| ApiError::new(Code::UnknownSimulation, or))
}

/// Follow a simulation (server-sent events): a point a second, `event: picture` beside it, `event: change` first, and
/// when somebody changes it or it only settles, and `event: end` when it is over.
///
/// A point has what became known since the one before in `totals` and `latency_ms`, and all of it in `so_far`. Whoever comes
/// later gets the points of the last ten minutes first; resume with `Last-Event-ID`. A picture is of the moment: how the
/// promises of the mall are kept, what the bank and the stores did, what is scarce, and which orders ended last.
#[utoipa::path(get, path = "/api/v1/simulations/{id}/stream", tag = "simulations", responses((status = 200, body = String, content_type = "text/event-stream")))]
pub async fn stream_simulation(state: State, caller: Caller, request: HttpRequest) -> Answer {
    let id: Uuid = caller.id("id")?;
    let record = state.lab.get(id)?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"));
    if request.method() == Method::HEAD {
        return Ok(response.streaming(stream::empty::<Result<Bytes, Infallible>>()));
    }
    let seat = state.seats.take(request.peer_addr().map(|peer| peer.ip()), caller.principal())?;
    let after =
        request.headers().get("last-event-id").and_then(|id| id.to_str().ok()?.trim().parse().ok()).unwrap_or(0);
    let running = state.lab.running().filter(|running| running.record().id == record.id);
    let Some(running) = running else {
        return Ok(response.streaming(stream::iter([Ok::<_, Infallible>(end(&Simulation::from(record)))])));
    };
    let principal = caller.principal();
    let goes_on = move || state.ready.load(Ordering::Acquire) && state.tokens.still_knows(principal);
    Ok(response.streaming(points(running, after, goes_on, seat)))
}

fn end(simulation: &Simulation) -> Bytes {
    said("end", simulation).into()
}

fn said(event: &str, simulation: &Simulation) -> Vec<u8> {
    [b"event: ", event.as_bytes(), b"\ndata: ", &to_json(simulation)[..], b"\n\n"].concat()
}

/// The points of a simulation under way, as long as whoever follows may, and its end.
fn points(
    running: Arc<Running>,
    after: u64,
    goes_on: impl Fn() -> bool,
    seat: Seat,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    // It may have been changed since it was asked for: how it is now is told first.
    let begun = (running, after, 0, u64::MAX, goes_on, seat, false);
    stream::unfold(begun, |(running, mut after, mut shown, mut changes, goes_on, seat, is_over)| async move {
        if is_over || !goes_on() {
            return None;
        }
        {
            // In line before the look.
            let news = running.news();
            let is_told = running.points_after(after).is_empty() && running.picture_after(shown).is_none();
            if is_told && running.changes() == changes && running.record().ended_at.is_none() {
                let _ = timeout(LOOK, news).await;
            }
        }
        // What ended has no points after this.
        let is_over = running.record().ended_at.is_some();
        let (points, picture) = (running.points_after(after), running.picture_after(shown));
        let mut text = Vec::new();
        if running.changes() != changes && !is_over {
            changes = running.changes();
            text.extend_from_slice(&said("change", &Simulation::from(running.record())));
        }
        for (number, point) in points {
            after = number;
            text.extend_from_slice(format!("id: {number}\ndata: {point}\n\n").as_bytes());
        }
        if let Some((number, picture)) = picture {
            shown = number;
            text.extend_from_slice(format!("event: picture\ndata: {picture}\n\n").as_bytes());
        }
        if is_over {
            text.extend_from_slice(&end(&Simulation::from(running.record())));
        } else if text.is_empty() {
            text.extend_from_slice(b":\n\n");
        }
        Some((Ok(Bytes::from(text)), (running, after, shown, changes, goes_on, seat, is_over)))
    })
}
