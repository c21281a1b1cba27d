//! Standard output as a place for a secret: whether it can take one, and a write whose failure is never swallowed.

use std::io;

use crate::failure::Failure;

/// Says so if standard output could not take a secret, as far as that can be known before there is one.
pub(crate) fn check_stdout() -> Result<(), Failure> {
    check().map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Usage(
            "standard output has no reader, so the secret would be lost: read it, or give --secret-file"
                .to_owned(),
        ),
        io::ErrorKind::NotFound => Failure::Usage(
            "standard output leads nowhere, so the secret would be lost: redirect it to a file or a pipe, or give --secret-file"
                .to_owned(),
        ),
        _ => Failure::System("standard output cannot take the secret", error),
    })
}

/// Writes all of `bytes`, past the buffer of the standard library: it takes a descriptor that cannot be written for one that can.
pub(crate) fn write_stdout(bytes: &[u8]) -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut rest = bytes;
        while !rest.is_empty() {
            match rustix::io::write(io::stdout(), rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => rest = &rest[length..],
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => wait_until_writable()?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
    #[cfg(not(unix))]
    {
        use io::Write as _;

        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        stdout.flush()
    }
}

/// The process that passed the descriptor on may have set it not to block.
#[cfg(unix)]
fn wait_until_writable() -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};

    let stdout = io::stdout();
    let mut descriptors = [PollFd::new(&stdout, PollFlags::OUT)];
    match poll(&mut descriptors, None) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(unix)]
fn check() -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{FileType, fstat, stat};

    let stdout = io::stdout();
    let found = fstat(&stdout)?;
    let is_device = FileType::from_raw_mode(found.st_mode) == FileType::CharacterDevice;
    // A standard output that was closed arrives as /dev/null as well.
    if is_device && stat("/dev/null").is_ok_and(|null| null.st_rdev == found.st_rdev) {
        return Err(io::ErrorKind::NotFound.into());
    }
    // Finds a descriptor that is for reading, and a device that is full.
    rustix::io::write(&stdout, &[])?;
    let mut descriptors = [PollFd::new(&stdout, PollFlags::OUT)];
    poll(&mut descriptors, Some(&Timespec::default()))?;
    let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
    if descriptors[0].revents().intersects(gone) {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    Ok(())
}

#[cfg(not(unix))]
fn check() -> io::Result<()> {
    Ok(())
}
