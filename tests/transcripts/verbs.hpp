#pragma once
// The verbs that transcripts call, and their results as lines of text.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "protocols/imap/session.hpp"
#include "protocols/smtp/session.hpp"
#include "transcripts/player.hpp"

namespace hearback::transcripts {

using Lines = std::vector<std::string>;

inline std::string kind_name(Kind kind) {
  switch (kind) {
    case Kind::input: return "input";
    case Kind::denied: return "denied";
    case Kind::missing: return "missing";
    case Kind::conflict: return "conflict";
    case Kind::transient: return "transient";
    case Kind::permanent: return "permanent";
  }
  return "?";
}

inline std::string error_line(const Error& e) {
  return "error " + e.code + " " + kind_name(e.kind);
}

inline Limits limits_of(const Script& script) {
  Limits limits;
  for (const auto& [name, value] : script.limits) {
    if (name == "header_octets") limits.header_octets = value;
    if (name == "imap_line_octets") limits.imap_line_octets = value;
    if (name == "imap_literal_octets") limits.imap_literal_octets = value;
    if (name == "scan_in_flight") limits.scan_in_flight = value;
    if (name == "body_batch") limits.body_batch = value;
    if (name == "imap_body_slack") limits.imap_body_slack = value;
    if (name == "imap_folders") limits.imap_folders = value;
    if (name == "imap_answer_octets") limits.imap_answer_octets = value;
    if (name == "imap_answer_responses") limits.imap_answer_responses = value;
    if (name == "imap_command_octets") limits.imap_command_octets = value;
  }
  return limits;
}

class Verbs {
 public:
  virtual ~Verbs() = default;
  virtual Lines run(const Verb& verb, Player& player) = 0;

  // Every error that a verb brought, for the checks that hold for all of them.
  std::vector<Error> errors;

 protected:
  template <class T>
  bool failed(const Result<T>& result, Lines& lines) {
    if (result) return false;
    errors.push_back(result.error());
    lines.push_back(error_line(result.error()));
    return true;
  }
  Lines done(const Result<>& result) {
    Lines lines;
    if (!failed(result, lines)) lines.push_back("ok");
    return lines;
  }
};

class ImapVerbs final : public Verbs {
 public:
  explicit ImapVerbs(const Script& script) : session_(limits_of(script)) {}

  Lines run(const Verb& verb, Player& player) override {
    using namespace protocols;
    const auto& words = verb.words;
    const auto& name = words[0];
    auto word = [&](std::size_t i) { return i < words.size() ? words[i] : std::string(); };
    auto task = [&](auto make) { return player.play(Dialogue<Result<>>(make)); };
    if (name == "greet") return done(task([&](Wire& w) { return session_.greet(w); }));
    if (name == "start_tls")
      return done(task([&](Wire& w) { return session_.start_tls(w, word(1)); }));
    if (name == "sign_in")
      return done(task([&](Wire& w) { return session_.sign_in(w, {word(1), word(2)}); }));
    if (name == "log_out") return done(task([&](Wire& w) { return session_.log_out(w); }));
    if (name == "has") return {session_.has(word(1)) ? "yes" : "no"};
    if (name == "facts") return {facts_line(session_.facts())};
    if (name == "backoff")
      return {session_.suggested_backoff()
                  ? "backoff " + std::to_string(session_.suggested_backoff()->count())
                  : "none"};
    if (name == "list") return list(player);
    if (name == "examine" || name == "status") {
      return facts(player.play(Dialogue<Result<imap::FolderFacts>>([&](Wire& w) {
        return name == "status" ? session_.status(w, word(1)) : session_.examine(w, word(1));
      })));
    }
    if (name.starts_with("search") || name == "uids") return search(words, player);
    if (name == "headers") return headers(words, player);
    if (name == "bodies") return bodies(words, player);
    if (name == "listen") return listen(word(1), player);
    if (name == "heard_elsewhere")
      return {"heard " + std::to_string(session_.heard_elsewhere()) +
              (session_.listened().empty() ? "" : " of " + session_.listened())};
    if (name == "idle") return idle(*to_number(word(1)), player);
    if (name == "append") return append(verb, player);
    throw std::runtime_error("no such verb: " + name);
  }

 private:
  static std::string facts_line(const protocols::imap::FolderFacts& f) {
    return "exists " + std::to_string(f.exists) + " validity " + std::to_string(f.uid_validity) +
           " next " + std::to_string(f.uid_next);
  }

  Lines facts(const Result<protocols::imap::FolderFacts>& result) {
    Lines lines;
    if (!failed(result, lines)) lines.push_back(facts_line(*result));
    return lines;
  }

  Lines list(Player& player) {
    using namespace protocols;
    Lines lines;
    auto result = player.play(Dialogue<Result<std::vector<imap::ListedFolder>>>(
        [&](Wire& w) { return session_.list(w); }));
    if (failed(result, lines)) return lines;
    for (const auto& folder : *result) {
      std::string line = "folder " + with_escapes(folder.name) + " | " +
                         with_escapes(folder.wire_name) + " | " +
                         (folder.delimiter ? std::string(1, folder.delimiter) : "NIL") + " |";
      for (const auto& attribute : folder.attributes) line += " " + attribute;
      lines.push_back(line);
    }
    lines.push_back("ok");
    return lines;
  }

  Lines search(const std::vector<std::string>& words, Player& player) {
    using namespace protocols;
    Lines lines;
    auto result = player.play(Dialogue<Result<std::vector<std::uint32_t>>>([&](Wire& w) {
      if (words[0] == "search_all") return session_.search_all(w);
      if (words[0] == "uids") return session_.fetch_uids(w);
      if (words[0] == "search_since") return session_.search_since(w, *from_rfc3339(words.at(1)));
      const auto since = [&](std::size_t at) {
        return words.at(at) == "ever" ? Instant{} : *from_rfc3339(words.at(at));
      };
      if (words[0] == "search_addresses")
        return session_.search_addresses(w, {words.begin() + 2, words.end()}, since(1));
      if (words[0] == "search_addresses_among") {
        const auto colon = words.at(1).find(':');
        const imap::UidRange among{
            static_cast<std::uint32_t>(*to_number(words[1].substr(0, colon))),
            static_cast<std::uint32_t>(*to_number(words[1].substr(colon + 1)))};
        return session_.search_addresses(w, {words.begin() + 3, words.end()}, since(2), among);
      }
      return session_.search_header(w, words.at(1), {words.begin() + 2, words.end()});
    }));
    if (failed(result, lines)) return lines;
    std::string found = "uids";
    for (auto uid : *result) found += " " + std::to_string(uid);
    lines.push_back(found);
    return lines;
  }

  Lines headers(const std::vector<std::string>& words, Player& player) {
    using namespace protocols;
    Lines lines;
    std::optional<std::uint64_t> stop_after;
    std::map<std::uint64_t, std::string> between;
    std::optional<imap::Session::BodiesWanted> asked;
    imap::Session::HeaderScan scan;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i].starts_with("stop=")) {
        stop_after = to_number(words[i].substr(5));
        continue;
      }
      if (words[i] == "on-refusal=go-on") {
        scan.refused = [&](std::size_t range, const Error& why) {
          lines.push_back("refused " + std::to_string(range) + " " + why.code);
        };
        continue;
      }
      if (words[i] == "flags") {
        scan.flags = true;
        continue;
      }
      if (words[i].starts_with("between=")) {  // "0/4,5": 4 and 5 once range 0 is finished
        auto slash = words[i].find('/');
        between[*to_number(words[i].substr(8, slash - 8))] = words[i].substr(slash + 1);
        scan.between = [&] { return std::exchange(asked, std::nullopt); };
        continue;
      }
      auto colon = words[i].find(':');
      scan.ranges.push_back(
          {static_cast<std::uint32_t>(*to_number(words[i].substr(0, colon))),
           words[i].substr(colon + 1) == "*"
               ? UINT32_MAX
               : static_cast<std::uint32_t>(*to_number(words[i].substr(colon + 1)))});
    }
    scan.item = [&](const imap::HeaderItem& item) {
      lines.push_back("item " + std::to_string(item.uid) + " " + to_rfc3339(item.internal_date) +
                      " " + std::to_string(item.octets) + (item.draft ? " DRAFT" : "") +
                      (item.too_large ? " TOO LARGE" : " " + with_escapes(item.header)));
    };
    scan.finished = [&](std::size_t range) {
      lines.push_back("finished " + std::to_string(range));
      if (auto found = between.find(range); found != between.end()) {
        asked.emplace();
        for (const auto& uid : split(found->second, ','))
          asked->wanted.push_back({static_cast<std::uint32_t>(*to_number(uid))});
        asked->item = [&](const imap::BodyItem& body) {
          lines.push_back("body " + std::to_string(body.uid) + " " + with_escapes(body.raw));
        };
        asked->done = [&](Result<> done) {
          lines.push_back(done ? "bodies ok" : "bodies " + done.error().code);
        };
      }
      return !stop_after || range < *stop_after;
    };
    auto result =
        player.play(Dialogue<Result<>>([&](Wire& w) { return session_.fetch_headers(w, scan); }));
    if (!failed(result, lines)) lines.push_back("ok");
    return lines;
  }

  Lines bodies(const std::vector<std::string>& words, Player& player) {
    using namespace protocols;
    Lines lines;
    std::vector<imap::BodyWanted> wanted;  // "12", or with its announced size "12/4096"
    for (std::size_t i = 1; i < words.size(); ++i) {
      auto slash = words[i].find('/');
      wanted.push_back({static_cast<std::uint32_t>(*to_number(words[i].substr(0, slash)))});
      if (slash != std::string::npos)
        wanted.back().announced = to_number(words[i].substr(slash + 1));
    }
    std::function<void(const imap::BodyItem&)> item = [&](const imap::BodyItem& body) {
      lines.push_back("body " + std::to_string(body.uid) +
                      (body.too_large ? " TOO LARGE" : " " + with_escapes(body.raw)));
    };
    auto result = player.play(
        Dialogue<Result<>>([&](Wire& w) { return session_.fetch_bodies(w, wanted, item); }));
    if (!failed(result, lines)) lines.push_back("ok");
    return lines;
  }

  Lines listen(const std::string& folder, Player& player) {
    using namespace protocols;
    Lines lines;
    auto result = player.play(
        Dialogue<Result<bool>>([&](Wire& w) { return session_.listen_for(w, folder); }));
    if (!failed(result, lines)) lines.push_back(*result ? "listens" : "deaf");
    return lines;
  }

  Lines idle(std::uint64_t seconds, Player& player) {
    using namespace protocols;
    Lines lines;
    auto result = player.play(Dialogue<Result<bool>>([&](Wire& w) {
      return session_.idle(w, Duration(static_cast<std::int64_t>(seconds) * 1000));
    }));
    if (!failed(result, lines)) lines.push_back(*result ? "changed" : "quiet");
    return lines;
  }

  Lines append(const Verb& verb, Player& player) {
    using namespace protocols;
    auto date = *from_rfc3339(verb.words.at(2));
    return done(player.play(Dialogue<Result<>>(
        [&](Wire& w) { return session_.append(w, verb.words.at(1), verb.message, date); })));
  }

  protocols::imap::Session session_;
};

class SmtpVerbs final : public Verbs {
 public:
  explicit SmtpVerbs(const Script& script) : session_("hub.example", limits_of(script)) {}

  Lines run(const Verb& verb, Player& player) override {
    using namespace protocols;
    const auto& words = verb.words;
    const auto& name = words[0];
    auto word = [&](std::size_t i) { return i < words.size() ? words[i] : std::string(); };
    auto task = [&](auto make) { return player.play(Dialogue<Result<>>(make)); };
    if (name == "greet") return done(task([&](Wire& w) { return session_.greet(w); }));
    if (name == "start_tls")
      return done(task([&](Wire& w) { return session_.start_tls(w, word(1)); }));
    if (name == "sign_in")
      return done(task([&](Wire& w) { return session_.sign_in(w, {word(1), word(2)}); }));
    if (name == "has") return {session_.has(word(1)) ? "yes" : "no"};
    if (name == "answer")
      return {"answer " + std::to_string(session_.answer().code) + " " +
              with_escapes(session_.answer().text)};
    if (name == "refused")
      return {session_.refused_recipient() ? std::to_string(*session_.refused_recipient())
                                           : std::string("none")};
    if (name == "begin") {
      std::vector<std::string> recipients(words.begin() + 3, words.end());
      auto octets = *to_number(word(1));
      return done(task([&](Wire& w) { return session_.begin(w, word(2), recipients, octets); }));
    }
    if (name == "write_data")
      return done(task([&](Wire& w) { return session_.write_data(w, verb.message); }));
    if (name == "end_data") {
      Lines lines;
      auto reply =
          player.play(Dialogue<Result<smtp::Reply>>([&](Wire& w) { return session_.end_data(w); }));
      if (!failed(reply, lines))
        lines.push_back("reply " + std::to_string(reply->code) + " " + reply->text);
      return lines;
    }
    if (name == "quit") return done(task([&](Wire& w) { return session_.quit(w); }));
    throw std::runtime_error("no such verb: " + name);
  }

 private:
  protocols::smtp::Session session_;
};

inline std::unique_ptr<Verbs> make_verbs(const Script& script) {
  if (script.protocol == "smtp") return std::make_unique<SmtpVerbs>(script);
  return std::make_unique<ImapVerbs>(script);
}

}  // namespace hearback::transcripts
