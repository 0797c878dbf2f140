//! Reaching a PostgreSQL server: password, TLS, and what to say when it does not work.

use std::sync::Arc;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::error::{Cause, StoreError};
use crate::store::url::{DatabaseUrl, Server, Tls, password};

/// Default limit for reaching a server, seconds.
const TIMEOUT_S: u64 = 10;

/// Connects to a server.
pub(super) fn connect(server: &Server, url: &DatabaseUrl) -> Result<Client, StoreError> {
    let mut config = Config::new();
    config
        .port(server.port)
        .user(&server.user)
        .dbname(&server.database)
        .application_name(server.application_name.as_deref().unwrap_or("proximity"))
        .connect_timeout(Duration::from_secs(server.connect_timeout_s.unwrap_or(TIMEOUT_S)));
    if server.host.starts_with('/') {
        config.host_path(&server.host);
    } else {
        config.host(&server.host);
    }
    if let Some(options) = &server.options {
        config.options(options);
    }
    if let Some(password) = password::find(server)? {
        config.password(password);
    }
    let connected = match server.tls {
        Tls::Disable => config.ssl_mode(SslMode::Disable).connect(NoTls),
        Tls::Prefer | Tls::VerifyCa | Tls::VerifyFull => {
            let tls = MakeRustlsConnect::new(tls_config(server, url)?);
            let mode = if server.tls == Tls::Prefer { SslMode::Prefer } else { SslMode::Require };
            config.ssl_mode(mode).connect(tls)
        }
    };
    connected.map_err(|error| explain(error, server, url))
}

fn tls_config(server: &Server, url: &DatabaseUrl) -> Result<ClientConfig, StoreError> {
    let fault = |message: String, error: Box<dyn std::error::Error + Send + Sync>| StoreError::Tls {
        url: url.to_string(),
        cause: Cause::new(message, error),
    };
    let mut roots = RootCertStore::empty();
    if let Some(path) = &server.root_certificate {
        let unreadable = |error: Box<dyn std::error::Error + Send + Sync>| {
            fault(format!("sslrootcert {}: {error}", path.display()), error)
        };
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.into()))? {
            let certificate = certificate.map_err(|error| unreadable(error.into()))?;
            roots.add(certificate).map_err(|error| unreadable(error.into()))?;
        }
        if roots.is_empty() {
            return Err(unreadable("it holds no certificate".into()));
        }
    } else {
        // Some systems carry broken certificates beside good ones; those are no reason to give up.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| fault(error.to_string(), error.into()))?;
    if server.tls == Tls::VerifyCa {
        let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|error| fault(error.to_string(), error.into()))?;
        let verifier = Arc::new(AuthorityOnly(inner));
        return Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth());
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// `verify-ca`: checks everything but the host's name.
#[derive(Debug)]
struct AuthorityOnly(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AuthorityOnly {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verdict {
            // The name is checked last, when the authority's signature has been accepted.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// What the driver says, with everything below it, and whether the system's network is among that.
pub(super) fn described(error: &postgres::Error) -> (String, bool) {
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    let mut is_io = false;
    while let Some(deeper) = cause {
        is_io |= deeper.is::<std::io::Error>();
        message = format!("{message}: {deeper}");
        cause = deeper.source();
    }
    (message, is_io)
}

fn explain(error: postgres::Error, server: &Server, url: &DatabaseUrl) -> StoreError {
    let url = url.to_string();
    let (message, is_of_server) = match error.as_db_error() {
        Some(database) => (database.message().to_owned(), true),
        None => (described(&error).0, false),
    };
    let is_tls = server.tls != Tls::Disable
        && !is_of_server
        && ["TLS", "certificate", "tls"].iter().any(|word| message.contains(word));
    if is_tls {
        return StoreError::Tls { url, cause: Cause::new(message, error) };
    }
    let message = if error.code() == Some(&SqlState::INVALID_CATALOG_NAME) {
        format!("{message}; its administrator makes one: createdb {}", server.database)
    } else if message.contains("password missing") {
        "the server wants a password; put it into PGPASSWORD or ~/.pgpass".into()
    } else {
        message
    };
    StoreError::Connect { url, cause: Cause::new(message, error) }
}
