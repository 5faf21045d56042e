//! The `plaza` command.

use anyhow::{Context, Result};
use clap::Parser;
use plaza::cli::command::{Cli, Command};
use plaza::cli::settings::ServeSettings;
use plaza::cli::{environment, exit, logs, simulate, token, transfer, verify};
use plaza::{app::App, bus, http};
use std::process::ExitCode;

// Sagas are many small allocations: mimalloc keeps them smaller and faster than the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let done = environment::check().and_then(|()| run(Cli::parse()));
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("plaza: {error:#}");
            ExitCode::from(exit::code(&error))
        }
    }
}

/// Answers the exit code (the README has the table of them).
fn run(cli: Cli) -> Result<u8> {
    match cli.command {
        None => serve(&cli.serve),
        Some(Command::Serve(settings)) => serve(&settings),
        Some(Command::Verify(settings)) => verify::run(&settings.storage).map(|holds| u8::from(!holds)),
        Some(Command::Export(settings)) => transfer::run_export(&settings).map(|()| 0),
        Some(Command::Import(settings)) => transfer::run_import(&settings).map(|()| 0),
        Some(Command::Token(settings)) => token::run(&settings).map(|()| 0),
        Some(Command::Simulate(settings)) => simulate::run(&settings),
        Some(Command::Openapi) => Ok(print(&format!("{}\n", http::openapi::document()))),
        Some(Command::Asyncapi) => Ok(print(&bus::asyncapi::document())),
    }
}

fn print(document: &str) -> u8 {
    print!("{document}");
    0
}

fn serve(settings: &ServeSettings) -> Result<u8> {
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
        Ok(0)
    })
}
