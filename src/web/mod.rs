//! Pages and pictures over HTTP: the explorer, a folder of reports, and an interface for programs (`GET /api`).
//!
//! Everything is read-only. A request names what it wants in words that are looked up; no path from a request touches
//! the disk. One thread talks to all clients and never draws: what takes time runs on threads of its own, under the
//! limits of the [`Service`] behind it. Beyond loopback a token is needed.

mod access;
mod connection;
mod pages;
mod query;
mod reply;
mod route;

pub use access::{Access, AccessError};
pub use connection::{Limits, serve};
pub use pages::Pages;

use std::sync::{Arc, PoisonError, RwLock};

use crate::service::Service;

/// What is served.
pub struct Site {
    /// Who answers requests for pictures.
    pub service: Arc<Service>,
    /// Who may ask.
    pub access: Access,
    /// Where faults are told that are not the client's.
    pub log: Box<dyn Fn(&str) + Send + Sync>,
    pages: RwLock<Arc<Pages>>,
}

impl Site {
    /// A site with these pages of reports.
    pub fn new(
        service: Arc<Service>,
        access: Access,
        pages: Pages,
        log: Box<dyn Fn(&str) + Send + Sync>,
    ) -> Self {
        Self { service, access, log, pages: RwLock::new(Arc::new(pages)) }
    }

    /// The pages as they are now.
    pub fn pages(&self) -> Arc<Pages> {
        Arc::clone(&self.pages.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts newer pages in the place of the old ones.
    pub fn replace_pages(&self, pages: Pages) {
        *self.pages.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pages);
    }
}
