//! A script without an async runtime: it fails early, lists projects, and ends cleanly.
//!
//! ```sh
//! MAIA_REGION=eu1 MAIA_CLIENT_ID=id MAIA_CLIENT_SECRET=secret cargo run -p examples --bin blocking-script
//! ```

#![expect(clippy::print_stdout, reason = "examples print")]

use std::error::Error;

use maia_auth::Client;

fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let blocking = client.blocking()?;
    // A wrong setting or secret ends the script here, before it has done anything.
    blocking.warm_up()?;

    let threads: Vec<_> = (0..4)
        .map(|page| {
            // Clones share the token, and `block_on` may be called from any thread.
            let blocking = blocking.clone();
            std::thread::spawn(move || {
                let projects = blocking.client().projects();
                blocking
                    .block_on(projects.page(page))
                    .map(|page| page.items().len())
            })
        })
        .collect();
    for (page, thread) in threads.into_iter().enumerate() {
        let projects = thread.join().map_err(|_| "a thread panicked")??;
        println!("page {page}: {projects} projects");
    }
    let all: Vec<_> = blocking
        .iter(client.projects().stream())
        .collect::<Result<_, _>>()?;
    println!("{} projects", all.len());

    // Lets a running refresh end; the thread behind `blocking` ends with its last clone.
    blocking.shutdown()?;
    Ok(())
}
