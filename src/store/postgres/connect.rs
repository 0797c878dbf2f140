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

use crate::store::error::StoreError;
use crate::store::password;
use crate::store::url::DatabaseUrl;
use crate::store::url::{Server, Tls};

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
    connected.map_err(|error| explain(&error, server, url))
}

fn tls_config(server: &Server, url: &DatabaseUrl) -> Result<ClientConfig, StoreError> {
    let fault = |reason: String| StoreError::Tls { url: url.to_string(), reason };
    let mut roots = RootCertStore::empty();
    if let Some(path) = &server.root_certificate {
        let unreadable =
            |error: &dyn std::fmt::Display| fault(format!("sslrootcert {}: {error}", path.display()));
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))? {
            let certificate = certificate.map_err(|error| unreadable(&error))?;
            roots.add(certificate).map_err(|error| unreadable(&error))?;
        }
        if roots.is_empty() {
            return Err(fault(format!("sslrootcert {} holds no certificate", path.display())));
        }
    } else {
        // Some systems carry broken certificates beside good ones; those are no reason to give up.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| fault(error.to_string()))?;
    if server.tls == Tls::VerifyCa {
        let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|error| fault(error.to_string()))?;
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

fn explain(error: &postgres::Error, server: &Server, url: &DatabaseUrl) -> StoreError {
    let mut reason = match error.as_db_error() {
        Some(database) => database.message().to_owned(),
        None => error.to_string(),
    };
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        if error.as_db_error().is_none() {
            reason = format!("{reason}: {deeper}");
        }
        cause = deeper.source();
    }
    let url = url.to_string();
    let is_tls = server.tls != Tls::Disable
        && ["TLS", "certificate", "tls"].iter().any(|word| reason.contains(word))
        && error.as_db_error().is_none();
    if is_tls {
        return StoreError::Tls {
            url,
            reason: format!(
                "{reason} (sslrootcert=FILE names the authority to trust, sslmode=disable goes without TLS)"
            ),
        };
    }
    if error.code() == Some(&SqlState::INVALID_CATALOG_NAME) {
        reason = format!("{reason}; its administrator makes one: createdb {}", server.database);
    }
    if reason.contains("password missing") {
        reason = "the server wants a password; put it into PGPASSWORD or ~/.pgpass".into();
    }
    StoreError::Connect { url, reason }
}
