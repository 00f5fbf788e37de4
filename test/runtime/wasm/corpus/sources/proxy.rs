//! A wasi:http/proxy in Rust on the crate `wasi`, which the WASI project publishes: greets, echoes, counts, fails.
use std::sync::atomic::{AtomicU32, Ordering};
use wasi::exports::http::incoming_handler::Guest;
use wasi::http::types::{
    Fields, IncomingBody, IncomingRequest, Method, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use wasi::io::streams::StreamError;

static REQUESTS: AtomicU32 = AtomicU32::new(0);

struct Proxy;

fn read(request: &IncomingRequest) -> Vec<u8> {
    let body = request.consume().expect("a body");
    let stream = body.stream().expect("its stream");
    let mut all = Vec::new();
    loop {
        match stream.blocking_read(4096) {
            Ok(bytes) => all.extend(bytes),
            Err(StreamError::Closed) => break,
            Err(error) => panic!("{error}"),
        }
    }
    drop(stream);
    let _trailers = IncomingBody::finish(body);
    all
}

impl Guest for Proxy {
    fn handle(request: IncomingRequest, outparam: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        let count = REQUESTS.fetch_add(1, Ordering::Relaxed) + 1;
        let (status, text) = match (request.method(), path.as_str()) {
            (Method::Get, "/ready") => (200, String::from("ready\n")),
            (Method::Get, "/hello") => {
                let greeting = std::env::var("GREETING").unwrap_or_default();
                (200, format!("{greeting} from Rust, request {count} of this instance\n"))
            }
            (Method::Post, "/echo") => (200, String::from_utf8_lossy(&read(&request)).to_uppercase()),
            (Method::Get, "/panic") => panic!("as asked"),
            _ => (404, format!("nothing at {path}\n")),
        };
        let fields = Fields::from_list(&[(String::from("content-type"), b"text/plain".to_vec())]).expect("fields");
        let response = OutgoingResponse::new(fields);
        response.set_status_code(status).expect("a status");
        let body = response.body().expect("a body");
        ResponseOutparam::set(outparam, Ok(response));
        let stream = body.write().expect("a stream");
        for piece in text.as_bytes().chunks(4096) {
            stream.blocking_write_and_flush(piece).expect("written");
        }
        drop(stream);
        OutgoingBody::finish(body, None).expect("the end");
        eprintln!("{path}: {status}");
    }
}

wasi::http::proxy::export!(Proxy);
