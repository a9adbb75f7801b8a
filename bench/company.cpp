#include "company.hpp"

#include <functional>

#include "rules/findable.hpp"
#include "store/search/words.hpp"

namespace hearback::bench {
namespace {

using store::Blob;
using store::Db;
using store::Insertion;

constexpr std::uint64_t kInOneTransaction = 20'000;

std::uint64_t mixed(std::uint64_t x) {  // splitmix64
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

// As UUIDv7: ordered by their making, random in what follows.
template <class AnId>
AnId numbered(std::uint64_t kind, std::uint64_t number) {
  AnId id;
  const auto ms = static_cast<std::uint64_t>(kStart.ms) + number;
  const auto chance = mixed(number * 16 + kind);
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  id.bytes[6] = 0x70;
  id.bytes[7] = static_cast<std::uint8_t>(kind);
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[8 + i] = static_cast<std::uint8_t>(chance >> (8 * i));
  return id;
}

std::string user_address(std::uint64_t user) {
  return "user" + std::to_string(user) + "@lindenhof.example";
}

std::string candidate_name(std::uint64_t number) {
  static constexpr const char* kFirst[] = {"Ada", "Ben", "Chloe", "Dara", "Emil", "Fatma", "Gil"};
  static constexpr const char* kLast[] = {"Abel", "Berg", "Cohen", "Diaz", "Eriksen", "Faure"};
  return std::string(kFirst[mixed(number) % 7]) + " " + kLast[mixed(number + 7) % 6] + " " +
         std::to_string(number);
}

std::string lower(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

std::uint64_t member_of(std::uint64_t job, std::uint64_t k, const Sizes& sizes) {
  const auto restricted = sizes.users - kSeeingAll;
  return kSeeingAll + (job * 7 + k * 13) % restricted;
}

void add_people(Db& db, const Sizes& sizes) {
  const auto company = company_id();
  db.change(
      "insert into companies(company, name, created, revision, match_revision)"
      " values ($1, $2, $3, 0, 1)",
      company, "Lindenhof", kStart);
  Insertion users(
      "insert into users(company, id, name, email, email_normal, role, all_jobs, active, language,"
      " time_zone, signature_html, password_hash)",
      12);
  Insertion mailboxes(
      "insert into mailboxes(company, id, kind, owner, address, address_normal, state, imap_host,"
      " imap_port, imap_security, imap_user, imap_secret, smtp_host, smtp_port, smtp_security,"
      " smtp_user, smtp_secret, consent_at, consent_version, consent_language, window_since,"
      " connected, saves_sent, last_error, headers_seen, bodies_fetched, importing, removed)",
      28);
  Insertion folders(
      "insert into folders(company, mailbox, id, name, wire_name, role, role_by_user, special_use,"
      " uid_validity)",
      9);
  for (std::uint64_t u = 0; u < sizes.users; ++u) {
    const auto address = user_address(u);
    const bool restricted = u == kRecruiter || u == kNewcomer || u >= kSeeingAll;
    users.row(company, user_id(u), "User " + std::to_string(u), address, address,
              u == kAdmin      ? "admin"
              : u == kNewcomer ? "evaluator"
                               : "manager",
              !restricted, 1, "en", "UTC", "", "no hash");
    mailboxes.row(company, mailbox_id(u), "personal", user_id(u), address, address, "active",
                  "imap.lindenhof.example", 993, "tls", address, Blob{}, "smtp.lindenhof.example",
                  465, "tls", address, Blob{}, kStart, "2026-11", "en", 0, kStart, 0, "", 0, 0, 0,
                  0);
    folders.row(company, mailbox_id(u), folder_id(u), "INBOX", "INBOX", "incoming", 0, "", 7);
  }
  users.run(db);
  mailboxes.run(db);
  folders.run(db);
  Insertion jobs("insert into jobs(company, id, title, kind, is_open, changed)", 6);
  Insertion team("insert into job_team(company, job, user_id)", 3);
  for (std::uint64_t j = 0; j < sizes.jobs; ++j) {
    jobs.row(company, job_id(j), "Job " + std::to_string(j), "offer", j % 5 != 0, kStart);
    for (std::uint64_t k = 0; k < 5; ++k)
      team.row(company, job_id(j), user_id(member_of(j, k, sizes)));
    if (j < kRecruiterJobs) team.row(company, job_id(j), user_id(kRecruiter));
  }
  jobs.run(db);
  team.run(db, "on conflict do nothing");
}

void add_candidates(Db& db, const Sizes& sizes, std::uint64_t first, std::uint64_t last) {
  const auto company = company_id();
  Insertion candidates("insert into candidates(company, id, name, name_key, created)", 5);
  Insertion addresses(
      "insert into candidate_addresses(company, candidate, normal, position, address, address_key,"
      " synced, why_not, since)",
      9);
  Insertion applications(
      "insert into applications(company, id, candidate, job, phase, status, created)", 7);
  for (auto c = first; c < last; ++c) {
    const auto name = candidate_name(c), address = candidate_address(c);
    candidates.row(company, candidate_id(c), name, lower(name), kStart);
    addresses.row(company, candidate_id(c), address, 0, address, address + " " + address, 1, "",
                  kStart);
    applications.row(company, numbered<ApplicationId>(6, c * 2), candidate_id(c),
                     job_id(job_of(c, sizes)), "application", "new", kStart);
    if (c % 5 == 0)
      applications.row(company, numbered<ApplicationId>(6, c * 2 + 1), candidate_id(c),
                       job_id((job_of(c, sizes) + 11) % sizes.jobs), "interview", "open", kStart);
  }
  candidates.run(db);
  addresses.run(db);
  applications.run(db);
}

// A letter of 150 words: one that all have, one that every fourth has, few that are common, many
// that are not, and one that is its own.
std::string words_of(const Sizes& sizes, std::uint64_t thread, std::uint64_t number) {
  rules::Message message;
  message.envelope.subject = "About the job";
  const auto theirs = candidate_address(candidate_of(thread, sizes));
  const auto ours = user_address(owner_of(thread, sizes));
  message.envelope.from = {{candidate_name(candidate_of(thread, sizes)), theirs, theirs}};
  message.envelope.to = {{"", ours, ours}};
  if (number % 10 == 0) message.attachments.emplace_back().filename = "cv.pdf";
  std::string text = "Hello letter" + std::to_string(number);
  if (number % 4 == 0) text += " interview";
  for (std::uint64_t i = 0; i < 150; ++i) {
    const auto chance = mixed(number * 151 + i);
    text += " w" + std::to_string(chance % (chance % 3 == 0   ? 100
                                            : chance % 3 == 1 ? 3'000
                                                              : 50'000));
  }
  return rules::findable(message.envelope, message.attachments, text);
}

struct Rows {
  Insertion threads{"insert into threads(company, id, candidate, kind, subject, last_at)", 6};
  Insertion messages{
      "insert into messages(company, id, message_id, fingerprint, kind, direction, subject,"
      " sent_at, date, octets, snippet, raw, added)",
      13};
  Insertion participants{
      "insert into participants(company, message, field, position, name, spec, normal)", 7};
  Insertion references{"insert into message_refs(company, message, field, position, message_id)",
                       5};
  Insertion attachments{
      "insert into attachments(company, message, position, filename, type, octets, content_id,"
      " is_inline)",
      8};
  Insertion copies{
      "insert into copies(company, mailbox, folder, uid_validity, uid, message, raw, here)", 8};
  Insertion placements{
      "insert into placements(company, thread, message, candidate, placed_by, detail,"
      " message_date)",
      7};

  void run(Db& db) {
    threads.run(db);
    messages.run(db);
    participants.run(db);
    references.run(db);
    attachments.run(db);
    copies.run(db);
    placements.run(db);
  }
};

std::string header_id(std::uint64_t message) {
  return "m" + std::to_string(message) + "@home.example";
}

void add_message(Rows& rows, const Sizes& sizes, std::uint64_t thread, std::uint64_t k) {
  const auto company = company_id();
  const auto number = thread * sizes.messages_in_thread + k;
  const auto candidate = candidate_of(thread, sizes), owner = owner_of(thread, sizes);
  const bool incoming = k % 2 == 0;
  const auto id = message_id(number);
  const auto raw = numbered<BlobId>(9, number);
  const auto date = end_of(thread, sizes) - (sizes.messages_in_thread - 1 - k) * 1h;
  const auto theirs = candidate_address(candidate), ours = user_address(owner);
  const auto& from = incoming ? theirs : ours;
  const auto& to = incoming ? ours : theirs;
  rows.messages.row(company, id, header_id(number), "print " + std::to_string(number), "human",
                    incoming ? "incoming" : "outgoing", "About the job", date, date, 2000,
                    "These are the first words of message " + std::to_string(number) +
                        ", as long as those that people write to each other.",
                    raw, date);
  rows.participants.row(company, id, "from", 0, incoming ? candidate_name(candidate) : "", from,
                        from);
  rows.participants.row(company, id, "to", 0, "", to, to);
  if (k > 0) rows.references.row(company, id, "in-reply-to", 0, header_id(number - 1));
  if (number % 10 == 0)
    rows.attachments.row(company, id, 0, "cv.pdf", "application/pdf", 100'000, "", 0);
  rows.copies.row(company, mailbox_id(owner), folder_id(owner), 7, number + 1, id, raw, 1);
  rows.placements.row(company, thread_id(thread), id, candidate_id(candidate),
                      k == 0 ? "address" : "reply-to", k == 0 ? theirs : header_id(number - 1),
                      date);
}

void add_threads(Db& db, const Sizes& sizes, std::uint64_t first, std::uint64_t last) {
  Rows rows;
  for (auto t = first; t < last; ++t) {
    rows.threads.row(company_id(), thread_id(t), candidate_id(candidate_of(t, sizes)),
                     "conversation", "About the job", end_of(t, sizes));
    for (std::uint64_t k = 0; k < sizes.messages_in_thread; ++k) add_message(rows, sizes, t, k);
  }
  rows.run(db);
}

void add_words(Db& db, const Sizes& sizes, std::uint64_t first, std::uint64_t last) {
  const auto company = company_id();
  for (auto number = first; number < last; ++number) {
    const auto message = message_id(number);
    const auto doc = db.row("select doc from search_documents where company = $1 and message = $2",
                            company, message)
                         ->number();
    const auto tag = store::tag_of(company, doc);
    db.change("update search_documents set tag = $3, words = " +
                  store::as_words(db.dialect(), "$4") + " where company = $1 and message = $2",
              company, message, tag,
              store::in_column(db.dialect(), tag,
                               words_of(sizes, number / sizes.messages_in_thread, number)));
  }
}

void in_transactions(store::Database& database, std::uint64_t count, std::uint64_t at_once,
                     const std::function<void(Db&, std::uint64_t, std::uint64_t)>& add) {
  for (std::uint64_t first = 0; first < count; first += at_once)
    database.write([&](Db& db) { add(db, first, std::min(count, first + at_once)); });
}

}  // namespace

CompanyId company_id() { return numbered<CompanyId>(0, 0); }
UserId user_id(std::uint64_t number) { return numbered<UserId>(1, number); }
JobId job_id(std::uint64_t number) { return numbered<JobId>(2, number); }
CandidateId candidate_id(std::uint64_t number) { return numbered<CandidateId>(3, number); }
MailboxId mailbox_id(std::uint64_t user) { return numbered<MailboxId>(4, user); }
FolderId folder_id(std::uint64_t user) { return numbered<FolderId>(5, user); }
ThreadId thread_id(std::uint64_t number) { return numbered<ThreadId>(7, number); }
MessageId message_id(std::uint64_t number) { return numbered<MessageId>(8, number); }

std::string candidate_address(std::uint64_t number) {
  return "candidate" + std::to_string(number) + "@home.example";
}

std::uint64_t candidate_of(std::uint64_t thread, const Sizes& sizes) {
  return mixed(thread) % sizes.candidates;
}

std::uint64_t job_of(std::uint64_t candidate, const Sizes& sizes) {
  return mixed(candidate * 3) % sizes.jobs;
}

std::uint64_t owner_of(std::uint64_t thread, const Sizes& sizes) {
  if (thread % 1000 == 0) return kAdmin;
  const auto job = job_of(candidate_of(thread, sizes), sizes);
  if (job < kRecruiterJobs && mixed(thread + 1) % 2 == 0) return kRecruiter;
  return member_of(job, mixed(thread + 2) % 5, sizes);
}

// Half an hour between the ends of two threads.
Instant end_of(std::uint64_t thread, const Sizes&) {
  return kStart + static_cast<std::int64_t>(thread) * 30min;
}

void build_company(store::Database& database, const Sizes& sizes) {
  database.write([&](Db& db) { add_people(db, sizes); });
  in_transactions(database, sizes.candidates, kInOneTransaction,
                  [&](Db& db, auto first, auto last) { add_candidates(db, sizes, first, last); });
  in_transactions(database, sizes.threads(), kInOneTransaction / sizes.messages_in_thread,
                  [&](Db& db, auto first, auto last) { add_threads(db, sizes, first, last); });
}

void make_findable(store::Database& database, const Sizes& sizes) {
  in_transactions(database, sizes.threads() * sizes.messages_in_thread, kInOneTransaction,
                  [&](Db& db, auto first, auto last) { add_words(db, sizes, first, last); });
}

}  // namespace hearback::bench
