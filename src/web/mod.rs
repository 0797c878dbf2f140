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

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::service::Service;

/// What is served.
pub struct Site {
    /// Who may ask.
    pub access: Access,
    /// Where faults are told that are not the client's.
    pub log: Box<dyn Fn(&str) + Send + Sync>,
    pages: RwLock<Arc<Pages>>,
    /// Who answers requests for pictures, once the rounds are read.
    service: OnceLock<Arc<Service>>,
}

impl Site {
    /// A site with these pages of reports. Until it is opened it answers that rounds are being read.
    pub fn new(access: Access, pages: Pages, log: Box<dyn Fn(&str) + Send + Sync>) -> Self {
        Self { access, log, pages: RwLock::new(Arc::new(pages)), service: OnceLock::new() }
    }

    /// Lets requests for pictures in. Only the first call counts.
    pub fn open(&self, service: Arc<Service>) {
        let _ = self.service.set(service);
    }

    /// Who answers requests for pictures; `None` until the site is opened.
    pub fn service(&self) -> Option<&Arc<Service>> {
        self.service.get()
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
