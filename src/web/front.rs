//! What is answered before a route is looked for: feeds that anybody may have. Readers ask for them
//! day and night, and mostly to hear that nothing is new; the layers of the router, which guard and
//! time everything else, cost more than such an answer.
//!
//! Everything that is not certain here (a token, a foreign name, an archive, `HEAD`, a coding that has
//! to be made first) is the router's.

use std::convert::Infallible;
use std::future::{Ready, ready};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response};
use futures_util::future::Either;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

use super::{ALWAYS, Site, access, feeds, hub};
use crate::daemon::Held;

/// The feeds, with the router behind them.
#[derive(Clone)]
pub struct Front {
    site: Site,
    routes: TowerToHyperService<Router>,
}

type Answer = Result<Response<Body>, Infallible>;

impl Front {
    /// The routes of a site, with its feeds before them.
    pub fn new(site: Site) -> Self {
        let routes = TowerToHyperService::new(super::router(site.clone()));
        Self { site, routes }
    }

    /// The answer to a request for an open feed that stands on the shelf.
    fn feed<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        let path = request.uri().path();
        if request.method() != Method::GET || !path.starts_with("/feeds/") {
            return None;
        }
        let path = &path[1..];
        let Held::Here(document) = self.site.shelf().look_up(path) else {
            return None;
        };
        let coding = feeds::coding_of(&document, request.headers());
        if coding.is_some_and(|coding| !document.has_coded(coding)) {
            return None;
        }
        let config = self.site.config.borrow();
        if !access::is_ours(request, &config) || !access::is_public(request, &config) {
            return None;
        }
        let now = self.site.clock.now();
        let mut response = feeds::answer(&document, coding, request.headers(), now);
        hub::advertise(&config, path, &mut response);
        for (name, value) in &ALWAYS {
            response.headers_mut().insert(name, value.clone());
        }
        Some(response)
    }
}

impl Service<Request<Incoming>> for Front {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future =
        Either<Ready<Answer>, <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        match self.feed(&request) {
            Some(response) => Either::Left(ready(Ok(response))),
            None => Either::Right(self.routes.call(request)),
        }
    }
}
