//! Standard output: a check whether it can take a secret, and a write whose failure is always reported.

use std::io;

use crate::failure::Failure;

/// Fails if standard output cannot take a secret, as far as that can be checked beforehand.
pub(crate) fn check_stdout() -> Result<(), Failure> {
    check().map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Usage(
            "standard output has no reader, so the secret would be lost: read it, or pass --secret-file"
                .to_owned(),
        ),
        io::ErrorKind::NotFound => Failure::Usage(
            "standard output is /dev/null or closed, so the secret would be lost: redirect it to a file or a pipe, or pass --secret-file"
                .to_owned(),
        ),
        _ => Failure::System("standard output cannot take the secret", error),
    })
}

/// Returns true if standard output is /dev/null, or is closed: the standard library opens /dev/null in its place.
pub(crate) fn leads_nowhere() -> bool {
    check().is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Writes all of `bytes`, bypassing the standard library, which ignores a descriptor that is not writable.
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

/// The parent process may have set the descriptor to non-blocking.
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
    // A closed standard output also appears as /dev/null.
    if is_device && stat("/dev/null").is_ok_and(|null| null.st_rdev == found.st_rdev) {
        return Err(io::ErrorKind::NotFound.into());
    }
    // Detects a descriptor that is only readable, and a full device.
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
