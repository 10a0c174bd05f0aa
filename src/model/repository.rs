//! One name for a git repository, however its address is written.

/// The host and path of a git remote, such as `github.com/acme/api`: without scheme, port, user or password, so that
/// nothing secret is kept of it. A path or a bare `owner/name` stays what it is. None where nothing is left.
///
/// ```
/// use backscroll::model::repository;
/// let name = Some("github.com/acme/api".to_owned());
/// assert_eq!(repository("https://me:secret@GitHub.com:443/acme/api.git"), name);
/// assert_eq!(repository("git@github.com:acme/api.git"), name);
/// assert_eq!(repository("acme/api"), Some("acme/api".to_owned()));
/// assert_eq!(repository(" "), None);
/// ```
pub fn repository(remote: &str) -> Option<String> {
    let remote = remote.trim().trim_end_matches('/');
    let remote = remote.strip_suffix(".git").unwrap_or(remote);
    let remote = remote.trim_end_matches('/');
    let (host, path) = match remote.split_once("://") {
        Some((_, rest)) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            let port = |end: &str| !end.is_empty() && end.bytes().all(|b| b.is_ascii_digit());
            let host = match host.rsplit_once(':') {
                Some((host, end)) if port(end) => host,
                _ => host,
            };
            (host, path)
        }
        // As `scp` writes it: `user@host:path`.
        None => match remote.split_once(':') {
            Some((host, path)) if !host.contains('/') && !host.is_empty() => {
                (host.rsplit_once('@').map_or(host, |(_, host)| host), path)
            }
            _ => return (!remote.is_empty()).then(|| remote.to_owned()),
        },
    };
    let path = path.trim_start_matches('/');
    match (host.is_empty(), path.is_empty()) {
        (_, true) => None,
        (true, false) => Some(format!("/{path}")),
        (false, false) => Some(format!("{}/{path}", host.to_lowercase())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_repository_has_one_name() {
        for (remote, name) in [
            (
                "ssh://git@git.acme.example:2222/team/api.git/",
                Some("git.acme.example/team/api"),
            ),
            (
                "http://git.acme.example/team/api",
                Some("git.acme.example/team/api"),
            ),
            (
                "git.acme.example:team/api.git",
                Some("git.acme.example/team/api"),
            ),
            ("file:///srv/git/api.git", Some("/srv/git/api")),
            ("/srv/git/api.git", Some("/srv/git/api")),
            ("../api", Some("../api")),
            ("https://host", None),
            (".git", None),
            ("", None),
        ] {
            assert_eq!(repository(remote).as_deref(), name, "{remote}");
        }
        // A password never stays in it.
        let odd = repository("https://a:p@ss@host/x").unwrap();
        assert_eq!(odd, "host/x");
    }
}
