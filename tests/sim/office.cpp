#include "sim/office.hpp"

#include <stdexcept>
#include <utility>

#include "mail/address.hpp"
#include "mail/header.hpp"
#include "mail/parse.hpp"

namespace hearback::sim {

std::string raw_message(const Note& note) {
  std::string out = "From: " + note.from + "\r\nTo: " + note.to + "\r\nSubject: " + note.subject +
                    "\r\nDate: " + mail::format_date(note.date) + "\r\n";
  if (!note.message_id.empty()) out += "Message-ID: <" + note.message_id + ">\r\n";
  std::string ids;
  for (const auto& id : note.in_reply_to) ids += (ids.empty() ? "<" : " <") + id + ">";
  if (!ids.empty()) out += "In-Reply-To: " + ids + "\r\nReferences: " + ids + "\r\n";
  if (!note.hearback_id.empty()) out += "X-Hearback-Id: " + note.hearback_id + "\r\n";
  out += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
  return out + note.text;
}

Office::Office(World& world) : world_(world), store_random_(world.seed() ^ 0x5eed) {
  store::Options options;
  options.database = "sqlite::memory:";
  options.master_key = std::string(32, 'k');
  auto opened = store::Store::open(options, store_random_);
  if (!opened) throw_error(opened.error());
  store_ = std::move(*opened);
  move_in();
}

Office::Office(World& world, const Office& neighbor)
    : world_(world), store_random_(world.seed()), store_(neighbor.store_) {
  move_in();
}

void Office::move_in() {
  company_ = CompanyId::make(world_.now(), world_.random());
  job_ = JobId::make(world_.now(), world_.random());
  commit({store::AddCompany{"Example", world_.now()}});
}

void Office::throw_error(const Error& error) {
  throw std::runtime_error("office: " + error.code + ": " + error.what);
}

void Office::commit(std::vector<store::Change> changes) {
  auto done = store_->commit({company_, std::move(changes), {}});
  if (!done) throw_error(done.error());
}

void Office::add_companies(int count) {
  for (int i = 0; i < count; ++i) {
    const auto id = CompanyId::make(Instant{1000 + i}, world_.random());
    auto done = store_->commit({id, {store::AddCompany{"Neighbor", world_.now()}}, {}});
    if (!done) throw_error(done.error());
  }
}

UserId Office::add_user(const std::string& name, const std::string& address) {
  rules::User user;
  user.id = UserId::make(world_.now(), world_.random());
  user.name = name;
  user.email = address;
  user.email_normal = mail::normal_form(address).value();
  user.role = rules::Role::manager;
  team_.push_back(user.id);
  commit({store::PutUser{user, std::nullopt, world_.now()},
          store::PutJob{{.id = job_, .title = "Baker"}, team_, world_.now()}});
  return user.id;
}

CandidateId Office::add_candidate(const std::string& name, std::vector<std::string> addresses) {
  auto id = CandidateId::make(world_.now(), world_.random());
  rules::Application application{
      ApplicationId::make(world_.now(), world_.random()), id, job_, {}, {}, world_.now()};
  commit({store::PutJob{{.id = job_, .title = "Baker"}, team_, world_.now()},
          store::PutCandidate{id, name, written(addresses), world_.now()},
          store::PutApplication{application}});
  return id;
}

void Office::put_in_another_job(CandidateId candidate) {
  const auto job = JobId::make(world_.now(), world_.random());
  commit({store::PutJob{{.id = job, .title = "Welder"}, team_, world_.now()},
          store::PutApplication{{ApplicationId::make(world_.now(), world_.random()),
                                 candidate,
                                 job,
                                 {},
                                 {},
                                 world_.now()}}});
}

void Office::set_job_open(bool open, bool catch_up) {
  commit({store::SetJobOpen{job_, open, scope(), world_.now(), catch_up}});
}

void Office::put_addresses(CandidateId candidate, const std::string& name,
                           const std::vector<std::string>& addresses) {
  commit({store::PutCandidate{candidate, name, written(addresses), world_.now()}});
}

std::vector<rules::CandidateAddress> Office::written(
    const std::vector<std::string>& addresses) const {
  std::vector<rules::CandidateAddress> list;
  for (const auto& address : addresses)
    list.push_back(
        {.address = address, .normal = mail::normal_form(address).value(), .since = world_.now()});
  return list;
}

MailboxId Office::add_mailbox(UserId owner, const std::string& address, const Servers& servers) {
  rules::Mailbox box;
  box.id = MailboxId::make(world_.now(), world_.random());
  box.owner = owner;
  box.address = address;
  box.address_normal = mail::normal_form(address).value();
  box.proof = rules::AddressProof::admin;
  box.imap = {servers.imap_host, 993, "tls", address};
  box.smtp = {servers.smtp_host, 465, "tls", address};
  box.consent = {world_.now(), "1", "en"};
  box.window_since = servers.window_since;
  box.connected = box.looked_through = world_.now();
  box.saves_sent = servers.saves_sent;
  commit({store::AddMailbox{box, servers.password, servers.password}});
  return box.id;
}

rules::OutboxMessage Office::queue(const Letter& letter) {
  auto& random = world_.random();
  auto now = world_.now();
  rules::OutboxMessage row;
  row.id = OutboxId::make(now, random);
  row.author = letter.author;
  row.mailbox = letter.mailbox;
  row.candidate = letter.candidate;
  row.message_id = to_text(make_uuid(now, random)) + "@example.org";
  row.envelope_from = letter.from;
  row.recipients = {letter.to};
  row.recipients.insert(row.recipients.end(), letter.also_to.begin(), letter.also_to.end());
  row.bytes = BlobId::make(now, random);
  row.created = now;
  row.not_before = letter.not_before;
  row.state = now < letter.not_before ? rules::OutboxState::scheduled : rules::OutboxState::queued;
  Note note{.from = letter.from,
            .to = letter.to,
            .subject = letter.subject,
            .message_id = row.message_id,
            .text = letter.text,
            .in_reply_to = letter.in_reply_to,
            .hearback_id = row.id.text(),
            .date = now};
  auto raw = raw_message(note);
  auto parsed = mail::parse(raw);
  if (!parsed) throw_error(parsed.error());
  rules::Message message;
  message.id = row.message = MessageId::make(now, random);
  message.envelope = parsed->envelope;
  message.direction = rules::Direction::outgoing;
  message.fingerprint = parsed->fingerprint;
  message.date = now;
  message.octets = raw.size();
  message.raw = row.bytes;
  row.thread = letter.thread.value_or(ThreadId::make(now, random));
  std::vector<store::Change> changes{store::PutBlob{row.bytes, raw},
                                     store::AddMessage{message, now}};
  if (!letter.thread)
    changes.push_back(store::AddThread{{.id = row.thread,
                                        .candidate = letter.candidate,
                                        .subject = letter.subject,
                                        .last_at = now}});
  changes.push_back(store::PlaceMessage{
      {row.thread, letter.candidate, row.message, rules::PlacedBy::sent_here, ""}, now});
  changes.push_back(store::AddOutbox{row});
  commit(std::move(changes));
  return row;
}

rules::OutboxMessage Office::outbox(OutboxId id) {
  auto row = ask(store::OutboxById{scope(), id});
  if (!row) throw std::runtime_error("office: no such outbox row");
  return *row;
}

}  // namespace hearback::sim
