//! Values in PostgreSQL's binary form.

use std::error::Error;

use bytes::BytesMut;
use jiff::civil::{Date, DateTime, date, datetime};
use jiff::{SpanRound, Unit};
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::store::backend::engine::{Kind, Value};

type Fault = Box<dyn Error + Sync + Send>;

/// PostgreSQL counts days and microseconds from here.
const FIRST_DAY: Date = date(2000, 1, 1);
const FIRST_MOMENT: DateTime = datetime(2000, 1, 1, 0, 0, 0, 0);

/// The type of a column.
pub(super) fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Int4 => Type::INT4,
        Kind::Int8 => Type::INT8,
        Kind::Real => Type::FLOAT4,
        Kind::Bool => Type::BOOL,
        Kind::Text => Type::TEXT,
        Kind::Date => Type::DATE,
        Kind::Timestamp => Type::TIMESTAMP,
        Kind::Json => Type::JSONB,
        Kind::Bytes => Type::BYTEA,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match self {
            Value::Null => return Ok(IsNull::Yes),
            Value::Int(value) => return int_to_sql(*value, ty, out),
            Value::Real(value) => match *ty {
                Type::FLOAT4 => (*value as f32).to_sql(ty, out)?,
                _ => value.to_sql(&Type::FLOAT8, out)?,
            },
            Value::Bool(value) => value.to_sql(ty, out)?,
            Value::Text(text) => match *ty {
                Type::DATE => days(text)?.to_sql(&Type::INT4, out)?,
                Type::TIMESTAMP => microseconds(text)?.to_sql(&Type::INT8, out)?,
                Type::JSONB => {
                    // The version of the form, then the text.
                    out.extend_from_slice(&[1]);
                    out.extend_from_slice(text.as_bytes());
                    IsNull::No
                }
                _ => text.as_ref().to_sql(&Type::TEXT, out)?,
            },
            Value::Bytes(bytes) => bytes.as_ref().to_sql(ty, out)?,
        };
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn int_to_sql(value: i64, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
    match *ty {
        Type::INT2 => i16::try_from(value)?.to_sql(ty, out),
        Type::INT4 => i32::try_from(value)?.to_sql(ty, out),
        Type::FLOAT4 => (value as f32).to_sql(ty, out),
        Type::FLOAT8 => (value as f64).to_sql(ty, out),
        Type::TEXT | Type::VARCHAR => value.to_string().to_sql(&Type::TEXT, out),
        Type::BOOL => (value != 0).to_sql(ty, out),
        _ => value.to_sql(&Type::INT8, out),
    }
}

fn days(text: &str) -> Result<i32, Fault> {
    let date: Date = text.parse()?;
    Ok((date - FIRST_DAY).get_days())
}

fn microseconds(text: &str) -> Result<i64, Fault> {
    let moment: DateTime = text.parse()?;
    let since =
        (moment - FIRST_MOMENT).round(SpanRound::new().largest(Unit::Microsecond).days_are_24_hours())?;
    Ok(since.get_microseconds())
}

impl<'a> FromSql<'a> for Value<'static> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        Ok(match *ty {
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::INT2 => Self::Int(i16::from_sql(ty, raw)?.into()),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::FLOAT4 => Self::Real(f32::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::BYTEA => Self::Bytes(raw.to_vec().into()),
            Type::DATE => {
                let days = i32::from_sql(&Type::INT4, raw)?;
                let date = FIRST_DAY.checked_add(jiff::Span::new().try_days(days)?)?;
                Self::text(date.to_string())
            }
            Type::TIMESTAMP => {
                let since = i64::from_sql(&Type::INT8, raw)?;
                let moment = FIRST_MOMENT.checked_add(jiff::Span::new().try_microseconds(since)?)?;
                Self::text(moment.strftime("%Y-%m-%d %H:%M:%S").to_string())
            }
            Type::JSONB => {
                let text = raw.split_first().map_or(raw, |(_, text)| text);
                Self::text(std::str::from_utf8(text)?.to_owned())
            }
            _ => Self::text(std::str::from_utf8(raw)?.to_owned()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Fault> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::BOOL
                | Type::INT2
                | Type::INT4
                | Type::INT8
                | Type::FLOAT4
                | Type::FLOAT8
                | Type::BYTEA
                | Type::DATE
                | Type::TIMESTAMP
                | Type::JSON
                | Type::JSONB
                | Type::TEXT
                | Type::VARCHAR
                | Type::BPCHAR
                | Type::NAME
        )
    }
}
