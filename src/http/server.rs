//! Runs the application on a listener, each connection within the bounds of `door::connection`.

use super::door::connection::{Connection, DISCONNECT_DEADLINE, KEEP_ALIVE, Peers, REQUEST_HEAD_DEADLINE};
use super::openapi;
use super::routes::app;
use super::state::HttpState;
use actix_http::HttpService;
use actix_server::Server;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::AppConfig;
use actix_web::error::Error;
use actix_web::rt::net::TcpStream;
use actix_web::web;
use std::io;
use std::net::TcpListener;

/// What is taken of an answer ahead of the network, bytes; one slice more may be under way.
const WRITE_BUFFER: usize = 16 * 1_024;
/// Connections a worker takes at a time; beyond it new ones wait in the kernel's queue.
const CONNECTIONS_MAX: usize = 16_384;
/// How long open requests may take to end when the server stops, seconds. Live streams end within a second.
const SHUTDOWN_S: u64 = 10;

/// The server on `listener`, with `workers` threads of its own. Runs when awaited; stops when its handle says so.
///
/// # Errors
/// The listener cannot be used.
pub fn server(state: HttpState, listener: TcpListener, workers: usize) -> io::Result<Server> {
    let (state, workers) = (web::Data::new(state), workers.max(1));
    openapi::prepared(&state);
    // Half of what there is: one peer leaves the other half to the rest.
    let peers = Peers::new(workers * CONNECTIONS_MAX / 2);
    let builder = Server::build()
        .workers(workers)
        .max_concurrent_connections(CONNECTIONS_MAX)
        .shutdown_timeout(SHUTDOWN_S)
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let connections = move || {
        let (stopping, peers) = (stopping.clone(), peers.clone());
        let app = app(&state).into_factory().map_err(|error: Error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(REQUEST_HEAD_DEADLINE)
            .client_disconnect_timeout(DISCONNECT_DEADLINE)
            .h1_write_buffer_size(WRITE_BUFFER)
            // A client that has closed its side has left: what it asked for, a live stream above all, ends with it.
            .h1_allow_half_closed(false)
            .on_connect_ext(|connection: &Connection, data| _ = data.insert(connection.line()))
            .finish(map_config(app, |()| AppConfig::default()));
        let admit = fn_service(move |io: TcpStream| std::future::ready(peers.admit(io)));
        admit.map_err(actix_http::error::DispatchError::Io).and_then(http)
    };
    Ok(builder.listen("plaza", listener, connections)?.run())
}
