//! The ceiling of HTTP itself: an actix-web server that reads an order's JSON and writes it back.

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Result;
use serde_json::Value;
use std::net::SocketAddr;

/// Serves until killed; says where on standard output.
pub fn serve(listen: SocketAddr) -> Result<()> {
    actix_web::rt::System::new().block_on(async {
        let app = || App::new().route("/echo", web::post().to(echo));
        let server = HttpServer::new(app).bind(listen)?;
        for addr in server.addrs() {
            println!("Echo is open at http://{addr}");
        }
        server.run().await?;
        Ok(())
    })
}

async fn echo(body: web::Json<Value>) -> HttpResponse {
    HttpResponse::Ok().json(&*body)
}
