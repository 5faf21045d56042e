//! The `plaza` command.

use anyhow::{Context, Result};
use clap::Parser;
use plaza::app::App;
use plaza::cli::command::{Cli, Command};
use plaza::cli::settings::ServeSettings;
use plaza::cli::{environment, logs, token, transfer, verify};
use plaza::{bus, http};
use std::process::ExitCode;

// Sagas are many small allocations: mimalloc keeps them smaller and faster than the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let done = environment::check().and_then(|()| run(Cli::parse()));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("plaza: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> Result<bool> {
    match cli.command {
        None => serve(&cli.serve),
        Some(Command::Serve(settings)) => serve(&settings),
        Some(Command::Verify(settings)) => verify::run(&settings.storage),
        Some(Command::Export(settings)) => transfer::run_export(&settings).map(|()| true),
        Some(Command::Import(settings)) => transfer::run_import(&settings).map(|()| true),
        Some(Command::Token(settings)) => token::run(&settings).map(|()| true),
        Some(Command::Openapi) => {
            println!("{}", http::openapi::document());
            Ok(true)
        }
        Some(Command::Asyncapi) => {
            print!("{}", bus::asyncapi::document());
            Ok(true)
        }
    }
}

fn serve(settings: &ServeSettings) -> Result<bool> {
    logs::write_logs(&settings.logs)?;
    actix::System::new().block_on(async {
        let app = App::build(settings).await?;
        let url = format!("http://{}", app.address());
        logs::greet(format_args!(
            "Plaza is open at {url}\n  API and Swagger  {url}/swagger/\n  journal          {}\n  access           {}",
            settings.storage.place()?,
            app.access()
        ));
        app.run_until_stopped().await.context("the mall failed")?;
        Ok(true)
    })
}
