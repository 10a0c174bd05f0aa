//! Fetching from a server of our own that answers well, badly or not at all.

use super::*;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::thread::JoinHandle;

/// A server that answers once, by `answer`, and gives the request it got.
fn server(
    answer: impl FnOnce(&mut std::net::TcpStream) + Send + 'static,
) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/prices.json", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 1024];
        while !request.windows(4).any(|w| w == b"\r\n\r\n") {
            let n = stream.read(&mut buffer).unwrap();
            request.extend(&buffer[..n]);
        }
        answer(&mut stream);
        String::from_utf8(request).unwrap()
    });
    (url, thread)
}

fn says(head: &str, body: &str) -> (String, JoinHandle<String>) {
    let text = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n{body}");
    // The client may be gone before all of it is written.
    server(move |stream| drop(stream.write_all(text.as_bytes())))
}

fn list(models: usize) -> String {
    let model = |i| {
        format!(
            "\"model-{i}\":{{\"mode\":\"chat\",\"input_cost_per_token\":1e-06,\"output_cost_per_token\":2e-06}}"
        )
    };
    let models: Vec<String> = (0..models).map(model).collect();
    format!("{{{}}}", models.join(","))
}

fn env() -> Env {
    Env::bare(
        Path::new("/nowhere"),
        "2026-12-01T09:00:00Z".parse().unwrap(),
    )
}

fn limits() -> Limits {
    Limits {
        time: Duration::from_secs(20),
        size: 64 * 1024,
        least: 20,
    }
}

fn refused(url: &str, limits: &Limits) -> String {
    let why = fetch(&env(), url, limits).unwrap_err();
    assert!(!why.contains('\n'), "{why}");
    why
}

#[test]
fn a_list_becomes_a_table_of_today_and_nothing_else_is_sent() {
    let body = list(30);
    let (url, thread) = says(&format!("200 OK\r\nContent-Length: {}", body.len()), &body);
    let table = fetch(&env(), &url, &limits()).unwrap();
    assert_eq!(table.entries().len(), 30);
    assert_eq!(
        (table.date.to_string().as_str(), &*table.title),
        ("2026-12-01", url.as_str())
    );
    let request = thread.join().unwrap();
    let mut lines: Vec<&str> = request.trim_end().lines().collect();
    assert_eq!(lines.remove(0), "GET /prices.json HTTP/1.1");
    lines.sort_unstable_by_key(|line| line.to_lowercase());
    let names: Vec<String> = lines
        .iter()
        .map(|line| line.split(':').next().unwrap().to_lowercase())
        .collect();
    assert_eq!(names, ["accept", "host", "user-agent"], "{request}");
    assert!(lines.contains(&"user-agent: backscroll"), "{request}");
}

#[test]
fn bad_answers_are_refused() {
    let (url, _) = says("404 Not Found", "no");
    assert_eq!(refused(&url, &limits()), "the server answered 404");
    let (url, _) = says("200 OK", "<html>please sign in</html>");
    assert!(refused(&url, &limits()).starts_with("not JSON"));
    let (url, _) = says("200 OK", "{\"answer\": 42}");
    assert_eq!(refused(&url, &limits()), "no price list that is known here");
    let (url, _) = says("200 OK", &list(19));
    assert_eq!(
        refused(&url, &limits()),
        "only 19 prices in it: this is no whole list"
    );
    let (url, _) = says("200 OK", &list(2000));
    assert_eq!(refused(&url, &limits()), "larger than 0 MiB");
    let (url, _) = says("nonsense", "");
    refused(&url, &limits());
}

#[test]
fn half_an_answer_is_refused() {
    let body = list(30);
    // With and without a word of how long it should be.
    let head = format!("200 OK\r\nContent-Length: {}", body.len());
    let (url, _) = says(&head, &body[..body.len() / 2]);
    assert!(refused(&url, &limits()).starts_with("it broke off"));
    let (url, _) = says("200 OK", &body[..body.len() / 2]);
    assert!(refused(&url, &limits()).starts_with("not JSON"));
}

#[test]
fn a_server_that_says_nothing_is_left() {
    let wait = |stream: &mut std::net::TcpStream| {
        // Until the client hangs up.
        let _ = stream.read(&mut [0; 16]);
    };
    let hurry = Limits {
        time: Duration::from_millis(200),
        ..limits()
    };
    let (url, _) = server(wait);
    assert_eq!(refused(&url, &hurry), "the server took too long");
    let (url, _) = server(move |stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            .unwrap();
        wait(stream);
    });
    assert!(refused(&url, &hurry).starts_with("it broke off"));
}

#[test]
fn nobody_is_sent_elsewhere() {
    let (url, _) = says("302 Found\r\nLocation: http://example.com/", "");
    refused(&url, &limits());
}

#[test]
fn only_safe_addresses_are_asked() {
    for (url, local) in [
        ("https://example.com/x.json", false),
        ("http://localhost:8000/x", true),
        ("http://127.0.0.1/x", true),
        ("http://[::1]:80/x", true),
        ("https://localhost/x", false),
    ] {
        assert_eq!(is_local(url), Ok(local), "{url}");
    }
    for bad in [
        "http://example.com/x",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://user@example.com/",
        "ftp://localhost/x",
        "file:///etc/passwd",
        "/etc/passwd",
        "",
        "prices",
        "http://",
    ] {
        assert!(is_local(bad).is_err(), "{bad}");
    }
    assert!(PUBLIC.iter().all(|url| is_local(url) == Ok(false)));
}
