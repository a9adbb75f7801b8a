#pragma once
// A whole API on a database in memory, with a company to ask about: two jobs, three users who see
// different things, one candidate with a conversation in a mailbox of one of them.
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api.hpp"
#include "api/http/secrets.hpp"
#include "base/text.hpp"
#include "fakes/still_env.hpp"
#include "mailbox/probe.hpp"
#include "store/store.hpp"

namespace hearback::fakes {

namespace json = boost::json;

struct Answer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string text;
  json::value value;  // when it is JSON
  std::function<Task<void>(net::HttpStream&)> stream;
  std::optional<std::uint64_t> length = {};  // of what it streams

  std::string header(std::string_view name) const {
    for (const auto& [key, content] : headers)
      if (key == name) return content;
    return {};
  }
  std::string code() const {
    return value.is_object() && value.get_object().contains("code")
               ? std::string(value.at("code").as_string())
               : "";
  }
  std::string field() const {
    return value.is_object() && value.get_object().contains("field")
               ? std::string(value.at("field").as_string())
               : "";
  }
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class ApiStand {
 public:
  StillEnv env;
  SystemRandom random;
  std::unique_ptr<store::Store> store;
  CompanyId company;
  mailbox::ProbeReport probe_report;   // what the next try of an account comes to
  std::function<void()> while_trying;  // what happens meanwhile
  std::vector<mailbox::Login> tried;   // by connectMailbox and changeMailbox: IMAP, SMTP, IMAP…
  std::string pages;                   // these: set before open_api
  Limits limits;
  std::string setup_secret = "printed at start", set_up_links;
  std::unique_ptr<api::Api> api;

  // Ada is admin, Max manager on the hiring team of job `engineer`, Eve evaluator on `designer`.
  rules::User ada, max, eve;
  JobId engineer, designer;
  CandidateId carla;  // applied as engineer: Ada and Max see her, Eve doesn't
  MailboxId mailbox;  // Max's
  FolderId folder;
  ThreadId thread;
  MessageId message;  // from Carla, in Max's mailbox, with an attachment
  OutboxId outbox;    // Max's answer, uncertain

  ApiStand() {
    auto opened = store::Store::open(
        {.database = "sqlite::memory:", .blob_directory = "", .master_key = std::string(32, 'k')},
        random);
    if (!opened) throw std::logic_error(opened.error().what);
    store = std::move(*opened);
    open_api();
  }

  void open_api() {
    api::Options options;
    options.pages = pages;
    options.limits = limits;
    options.setup_secret = setup_secret;
    options.set_up_links = set_up_links;
    options.probe = [this](net::Env&, mailbox::Login imap, mailbox::Login smtp) {
      return probe(std::move(imap), std::move(smtp));
    };
    api = std::make_unique<api::Api>(env, *store, std::move(options));
  }

  template <class Question>
  typename Question::Answer ask(const Question& question) {
    auto answer = store->ask(question);
    if (!answer) throw std::logic_error(answer.error().code + ": " + answer.error().what);
    return std::move(*answer);
  }
  void commit(std::vector<store::Change> changes) {
    auto done =
        store->commit({.company = company, .changes = std::move(changes), .expectations = {}});
    if (!done) throw std::logic_error(done.error().code + ": " + done.error().what);
  }
  template <class I>
  I make_id() {
    return I::make(env.clock, random);
  }

  rules::User add_user(std::string name, rules::Role role, bool all_jobs = false) {
    rules::User user;
    user.id = make_id<UserId>();
    user.name = name;
    user.email = user.email_normal = ascii_lower(name) + "@team.example";
    user.role = role;
    user.all_jobs = all_jobs;
    commit({store::PutUser{user, std::nullopt, env.clock}});
    return user;
  }

  // A company with its people and one conversation; see the members above.
  void found_company() {
    company = make_id<CompanyId>();
    commit({store::AddCompany{"Lindenhof", env.clock}});
    ada = add_user("Ada", rules::Role::admin, true);
    max = add_user("Max", rules::Role::manager);
    eve = add_user("Eve", rules::Role::evaluator);
    engineer = add_job("Engineer", {max.id});
    designer = add_job("Designer", {eve.id});
    carla = add_candidate("Carla", "carla@home.example", engineer);
    add_mailbox();
    add_conversation();
  }

  JobId add_job(std::string title, std::vector<UserId> team) {
    rules::Job job;
    job.id = make_id<JobId>();
    job.title = std::move(title);
    commit({store::PutJob{job, std::move(team), env.clock}});
    return job.id;
  }

  CandidateId add_candidate(std::string name, std::string address, JobId job) {
    const auto id = make_id<CandidateId>();
    rules::CandidateAddress one{
        .address = address, .normal = address, .synced = true, .why_not = "", .since = env.clock};
    rules::Application application;
    application.id = make_id<ApplicationId>();
    application.candidate = id;
    application.job = job;
    application.created = env.clock;
    commit({store::PutCandidate{id, std::move(name), {one}, env.clock},
            store::PutApplication{application}});
    return id;
  }

  static std::string raw_message() {
    return "From: Carla <carla@home.example>\r\nTo: max@team.example\r\nSubject: Hello\r\n"
           "Date: Sun, 01 Nov 2026 09:30:00 +0000\r\nMessage-ID: <one@home.example>\r\n"
           "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
           "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGood morning\r\n\r\n"
           "> older words\r\n--b\r\n"
           "Content-Type: text/html\r\nContent-Disposition: attachment;\r\n"
           " filename*=UTF-8''L%C3%A9b%22enslauf.html\r\n\r\n<script>alert(1)</script>\r\n"
           "--b--\r\n";
  }

  // Signs the user in without the work of a password; the cookie's value.
  std::string session_of(const rules::User& user) {
    const auto bearer = api::Bearer::make(company, random);
    commit({store::AddSession{make_id<SessionId>(), user.id, api::digest(bearer.secret), env.clock,
                              env.clock + std::chrono::hours(24)}});
    return bearer.text();
  }

  // Well-formed, and nobody's.
  static std::string forged_session() {
    SeededRandom random(99);
    return api::Bearer::make(CompanyId::make(Instant{1}, random), random).text();
  }

  Answer send(net::HttpRequest request) {
    auto response = finish(api->handle(std::move(request)));
    Answer answer{.status = response.status,
                  .headers = std::move(response.headers),
                  .text = std::move(response.body),
                  .value = nullptr,
                  .stream = std::move(response.stream),
                  .length = response.length};
    if (answer.header("Content-Type").find("json") != std::string::npos)
      answer.value = json::parse(answer.text);
    return answer;
  }

  static net::HttpRequest request_for(std::string method, std::string path,
                                      std::optional<json::value> body = {}) {
    net::HttpRequest request;
    request.method = std::move(method);
    const auto question = path.find('?');
    request.path = path.substr(0, question);
    if (question != std::string::npos) request.query = path.substr(question + 1);
    request.peer = "127.0.0.1";
    request.loopback = true;
    request.headers = {{"host", "127.0.0.1:8025"}};
    if (body) {
      request.headers.emplace_back("content-type", "application/json");
      request.body = json::serialize(*body);
    }
    return request;
  }

  // As the page does it: with a cookie and what browsers say of a same-origin request.
  Answer as(const std::string& session, std::string method, std::string path,
            std::optional<json::value> body = {}, Headers more = {}) {
    auto request = request_for(std::move(method), "/api/v1" + path, std::move(body));
    if (!session.empty()) request.headers.emplace_back("cookie", "hearback=" + session);
    request.headers.emplace_back("origin", "http://127.0.0.1:8025");
    request.headers.emplace_back("sec-fetch-site", "same-origin");
    for (auto& header : more) request.headers.push_back(std::move(header));
    return send(std::move(request));
  }

 private:
  Task<mailbox::ProbeReport> probe(mailbox::Login imap, mailbox::Login smtp) {
    tried.push_back(std::move(imap));
    tried.push_back(std::move(smtp));
    if (while_trying) while_trying();
    co_return probe_report;
  }

  void add_mailbox() {
    rules::Mailbox box;
    box.id = mailbox = make_id<MailboxId>();
    box.owner = max.id;
    box.address = box.address_normal = max.email;
    box.proof = rules::AddressProof::sign_in;
    box.imap = {"imap.team.example", 993, "tls", max.email};
    box.smtp = {"smtp.team.example", 465, "tls", max.email};
    box.consent = {env.clock, "1", "en"};
    box.connected = env.clock;
    rules::Folder inbox;
    inbox.id = folder = make_id<FolderId>();
    inbox.mailbox = mailbox;
    inbox.name = inbox.wire_name = "INBOX";
    inbox.role = rules::FolderRole::incoming;
    commit({store::AddMailbox{box, "imap secret", "smtp secret"},
            store::PutFolders{mailbox, {inbox}}});
  }

  void add_conversation() {
    rules::Message arrived;
    arrived.id = message = make_id<MessageId>();
    arrived.envelope.from = {{"Carla", "carla@home.example", "carla@home.example"}};
    arrived.envelope.to = {{"", max.email, max.email}};
    arrived.envelope.subject = "Hello";
    arrived.envelope.message_id = "one@home.example";
    arrived.fingerprint = std::string(32, 'f');
    arrived.date = env.clock;
    arrived.octets = raw_message().size();
    arrived.snippet = "Good morning";
    arrived.attachments = {{0, "Léb_enslauf.html", "text/html", 26, "", false}};
    arrived.raw = make_id<BlobId>();
    thread = make_id<ThreadId>();
    const rules::Location at{mailbox, folder, 1, 7};
    commit(
        {store::ResetFolder{mailbox, folder, 1}, store::PutBlob{arrived.raw, raw_message()},
         store::AddMessage{arrived, env.clock}, store::AddCopy{message, at, arrived.raw},
         store::AddThread{{thread, carla, rules::ThreadKind::conversation, "Hello", env.clock}},
         store::PlaceMessage{
             {thread, carla, message, rules::PlacedBy::address, "carla@home.example"}, env.clock}});
    add_answer();
  }

  void add_answer() {
    rules::Message answer;
    answer.id = make_id<MessageId>();
    answer.direction = rules::Direction::outgoing;
    answer.envelope.from = {{"Max", max.email, max.email}};
    answer.envelope.to = {{"Carla", "carla@home.example", "carla@home.example"}};
    answer.envelope.subject = "Re: Hello";
    answer.envelope.message_id = "two@team.example";
    answer.fingerprint = std::string(32, 'g');
    answer.date = env.clock + 1s;
    answer.raw = make_id<BlobId>();
    rules::OutboxMessage row;
    row.id = outbox = make_id<OutboxId>();
    row.author = max.id;
    row.mailbox = mailbox;
    row.candidate = carla;
    row.thread = thread;
    row.message = answer.id;
    row.message_id = answer.envelope.message_id;
    row.envelope_from = max.email;
    row.recipients = {"carla@home.example"};
    row.bytes = answer.raw;
    row.created = row.not_before = env.clock;
    commit({store::PutBlob{answer.raw, "Subject: Re: Hello\r\n\r\nThank you\r\n"},
            store::AddMessage{answer, env.clock},
            store::PlaceMessage{{thread, carla, answer.id, rules::PlacedBy::sent_here, ""},
                                answer.date},
            store::AddOutbox{row}});
    const auto lease = env.clock + 1s;
    commit({store::ClaimOutbox{outbox, 0, lease}});
    for (auto [state, phase] : {std::pair(rules::OutboxState::sending, rules::OutboxPhase::attempt),
                                std::pair(rules::OutboxState::sending, rules::OutboxPhase::dot),
                                std::pair(rules::OutboxState::uncertain, rules::OutboxPhase::none)})
      commit({store::MoveOutbox{.id = outbox,
                                .fence = 1,
                                .state = state,
                                .phase = phase,
                                .not_before = env.clock,
                                .release = false,
                                .sent = {},
                                .copy_filed = {},
                                .why = "smtp.closed",
                                .answer = "the server's words",
                                .at = env.clock}});
  }
};

}  // namespace hearback::fakes
