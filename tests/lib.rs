//! Holds nothing: this package exists for its test targets, which a bare folder in a virtual workspace could not have.
