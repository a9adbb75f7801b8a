#include "sync/take_in.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/text.hpp"
#include "mail/conversation.hpp"
#include "mail/header.hpp"
#include "mail/parse.hpp"
#include "mail/text.hpp"
#include "mailbox/source.hpp"
#include "rules/belonging.hpp"
#include "rules/findable.hpp"
#include "rules/intake.hpp"
#include "rules/never_synced.hpp"
#include "rules/past.hpp"
#include "rules/threading.hpp"
#include "rules/versions.hpp"
#include "sync/resync.hpp"

namespace hearback::sync {
namespace {

// A message of this batch: the store doesn't know it yet, the next ones must.
struct Decided {
  MessageId id;
  std::string message_id, fingerprint;
  std::vector<std::string> references;
  std::vector<rules::KnownPlace> places;
  std::size_t blob_change = 0;  // where its source stands in the commit
  bool ours = false;            // somebody of the team wrote it
};

// A known message that the arriving one is a copy of.
struct Known {
  MessageId id;
  std::vector<CandidateId> placed_with;
  const Decided* decided = nullptr;  // of this batch
  bool own = false;                  // found in Sent: the outbox has placed it
};

template <class T>
bool contains(const std::vector<T>& list, const T& item) {
  return std::ranges::find(list, item) != list.end();
}

// What the message says that it is part of; without what lies in it.
std::vector<std::string> named_by(const MessageFacts& facts) {
  auto named = rules::nearest_references(facts.envelope);
  if (!facts.conversation.empty()) named.push_back(facts.conversation);
  return named;
}

std::vector<std::string> references_of(const MessageFacts& facts) {
  auto references = named_by(facts);
  for (const auto& id : facts.attached_ids)
    if (!id.empty() && id != facts.envelope.message_id && !contains(references, id))
      references.push_back(id);
  return references;
}

std::vector<std::string> participants_of(const mail::Envelope& envelope) {
  std::vector<std::string> normals;
  rules::for_each_participant(envelope, [&](const mail::Address& address) {
    if (!address.normal.empty()) normals.push_back(address.normal);
  });
  std::ranges::sort(normals);
  const auto repeated = std::ranges::unique(normals);
  normals.erase(repeated.begin(), repeated.end());
  return normals;
}

// What the store knows about an arriving message, and of the first one that bears its Message-ID.
struct About {
  store::KnownAbout::Answer known;
  store::RelativesAre expected;
  std::vector<store::KnownAbout::Answer::Relative> bearers;  // its places
  bool brought_here = false;                                 // its id, by its reader
};

// Its own id was asked for with those that it answers, and isn't one of them.
About about(store::KnownAbout question, store::KnownAbout::Answer known) {
  About found;
  const auto own_id = question.message_id;
  found.expected = {own_id,
                    std::move(question.references),
                    known.ancestors,
                    known.descendants,
                    known.siblings,
                    question.at.mailbox,
                    std::move(question.writers),
                    known.named};
  const auto own = [&](const rules::KnownPlace& place) { return place.message_id == own_id; };
  for (const auto& ancestor : known.ancestors)
    if (own(ancestor.place)) found.bearers.push_back(ancestor);
  found.brought_here = std::ranges::any_of(
      known.named, [&](const auto& one) { return one.message_id == own_id && one.here; });
  std::erase_if(known.ancestors, [&](const auto& ancestor) { return own(ancestor.place); });
  std::erase_if(known.siblings, own);
  std::erase_if(known.named, [&](const auto& one) { return one.message_id == own_id; });
  found.known = std::move(known);
  return found;
}

// C-14: without those to whom the past of the mailbox is closed in which the message came.
rules::Directory directory_of(const store::KnownAbout::Answer& known, Instant arrived) {
  std::vector<rules::Directory::Entry> entries;
  for (const auto& match : known.candidates)
    if (!match.rests && (match.past_open || !rules::is_of_the_past(arrived, match.past_until)))
      entries.push_back({match.normal, match.candidate});
  return rules::Directory(entries, known.internal);
}

// One attempt to judge a batch, and the commit that comes of it.
class Judgment {
 public:
  Judgment(store::Store& store, CompanyId company, Instant now, Random& random)
      : store_(store), scope_(rules::engine_scope(company)), now_(now), random_(random) {
    commit_.company = company;
  }

  Result<> judge(Incoming& message);
  void expect_active(const std::vector<Incoming>& batch);
  store::Commit& commit();  // to be asked for once
  TakenIn& taken() { return taken_; }
  // After a conflict: the sources go back to their messages.
  void give_back();

 private:
  Result<std::optional<Known>> find_known(const Incoming& message,
                                          const store::KnownAbout::Answer& known);
  Result<std::optional<MessageId>> own_in_sent(const Incoming& message,
                                               const store::KnownAbout::Answer& known);
  std::vector<rules::StoredReference> named_of(const std::vector<std::string>& references,
                                               const store::KnownAbout::Answer& known,
                                               Instant arrived) const;
  rules::Relatives relatives_of(const Incoming& message, const std::vector<std::string>& references,
                                const store::KnownAbout::Answer& known) const;
  Result<About> ask_about(const Incoming& message, const std::vector<std::string>& references);
  Result<std::vector<rules::KnownPlace>> version_of(const Incoming& message, const About& about,
                                                    const std::optional<Known>& same);
  rules::KnownPlace as_united(rules::KnownPlace place) const;
  Result<> withhold(const Incoming& message);
  Result<> set_aside(Incoming& message);
  void keep_from_us(const Incoming& message);
  Result<bool> is_kept_from_us(const Incoming& message, const mail::Envelope& envelope);
  void forget_attempt(const Incoming& message);
  Result<> add_copy(Incoming& message, const Known& known);
  Result<bool> same_source(const Incoming& message, const Known& known, BlobId& source);
  Decided add_message(Incoming& message, std::vector<std::string> references,
                      rules::Direction direction);
  std::vector<rules::KnownPlace> place(const Incoming& message, MessageId id,
                                       const std::vector<rules::Reason>& reasons,
                                       const std::vector<CandidateId>& already,
                                       rules::Sender sender,
                                       const std::vector<std::string>& references,
                                       const rules::Relatives& relatives,
                                       const std::vector<rules::KnownPlace>& version);
  ThreadId unite(const rules::ThreadChoice& choice, const Incoming& message,
                 const rules::Relatives& relatives);
  std::size_t put_source(Incoming& message, BlobId id);
  bool expect_known(const Incoming& message, About& about);

  store::Store& store_;
  rules::Scope scope_;
  Instant now_;
  Random& random_;
  struct Person {
    std::vector<store::KnownAbout::Answer::Match> candidates;
    bool internal = false;
    bool operator==(const Person&) const = default;
  };

  store::Commit commit_;
  // Participants, as they were judged in each mailbox.
  std::map<std::pair<MailboxId, std::string>, Person> people_;
  std::map<MailboxId, rules::NeverSynced> never_synced_;
  TakenIn taken_;
  std::vector<Decided> decided_;
  std::unordered_set<std::string> brought_;  // Message-IDs of copies
  std::map<ThreadId, ThreadId> united_;      // by this batch
  std::vector<std::pair<std::size_t, Incoming*>> sources_;
};

void Judgment::expect_active(const std::vector<Incoming>& batch) {
  std::vector<MailboxId> mailboxes;
  std::vector<FolderId> folders;
  for (const auto& message : batch) {
    if (!contains(folders, message.at.folder)) {
      folders.push_back(message.at.folder);
      commit_.expectations.push_back(
          store::FolderIsRead{message.at.mailbox, message.at.folder, message.at.uid_validity});
    }
    if (!contains(mailboxes, message.at.mailbox)) {
      mailboxes.push_back(message.at.mailbox);
      commit_.expectations.push_back(
          store::MailboxIs{message.at.mailbox, rules::MailboxState::active});
    }
  }
}

// What is judged upon, and nothing else: who the participants are, and which stored messages this
// one has to do with. Others may add candidates all day long. A batch is judged in several
// questions: false where two of them were answered differently.
bool Judgment::expect_known(const Incoming& message, About& about) {
  const auto& known = about.known;
  for (auto& normal : participants_of(message.facts.envelope)) {
    Person person{{}, contains(known.internal, normal)};
    for (const auto& match : known.candidates)
      if (match.normal == normal) person.candidates.push_back(match);
    auto [before, added] = people_.try_emplace({message.at.mailbox, std::move(normal)}, person);
    if (!added && before->second != person) return false;
  }
  commit_.expectations.push_back(std::move(about.expected));
  return true;
}

store::Commit& Judgment::commit() {
  std::map<MailboxId, store::PeopleAre> each;
  for (auto& [of, person] : people_) {
    const auto& [mailbox, normal] = of;
    auto& expected = each[mailbox];
    expected.reader = mailbox;
    expected.normals.push_back(normal);
    std::ranges::copy(person.candidates, std::back_inserter(expected.candidates));
    if (person.internal) expected.internal.push_back(normal);
  }
  people_.clear();
  for (auto& [mailbox, expected] : each) commit_.expectations.push_back(std::move(expected));
  return commit_;
}

Result<About> Judgment::ask_about(const Incoming& message,
                                  const std::vector<std::string>& references) {
  const auto& facts = message.facts;
  const auto& own_id = facts.envelope.message_id;
  auto asked = references;
  if (!own_id.empty()) asked.push_back(own_id);
  store::KnownAbout question{scope_,
                             message.at,
                             own_id,
                             facts.fingerprint,
                             std::move(asked),
                             participants_of(facts.envelope),
                             rules::writers_of(facts.envelope)};
  auto known = store_.ask(question);
  if (!known) return Failure(known.error());
  return about(std::move(question), std::move(*known));
}

bool concerns(const std::vector<CandidateId>& candidates,
              const std::vector<rules::Reason>& reasons) {
  return std::ranges::any_of(reasons, [&](const rules::Reason& reason) {
    return std::ranges::find(candidates, reason.candidate) != candidates.end();
  });
}

Result<> Judgment::judge(Incoming& message) {
  if (message.failed) return set_aside(message);
  const auto& facts = message.facts;
  auto references = references_of(facts);
  auto about = ask_about(message, references);
  if (!about) return Failure(about.error());
  const auto* known = &about->known;
  auto same = find_known(message, *known);
  if (!same) return Failure(same.error());
  if (!message.rule.empty())
    commit_.changes.push_back(
        store::RecordBody{message.at, message.rule, message.raw.size(), now_});
  const rules::ArrivalFacts arrival{known->copy_known, same->has_value() && !(*same)->own,
                                    same->has_value() && (*same)->own};
  const auto verdict = rules::judge_arrival(arrival);
  if (verdict == rules::Arrival::known_copy) forget_attempt(message);
  const auto kept = is_kept_from_us(message, facts.envelope);
  if (!kept) return Failure(kept.error());
  // Whoever is on another message than was asked for says nothing of that one: it is asked for
  // again.
  if (*kept && message.another) return withhold(message);
  if (*kept) {
    keep_from_us(message);
    return {};
  }
  if (*same && (*same)->own && message.another) return withhold(message);
  if (*same && (*same)->own)
    return verdict == rules::Arrival::known_copy ? Result<>{} : add_copy(message, **same);

  const auto directory = directory_of(*known, message.internal_date);
  const auto direction = rules::direction_of(facts.envelope, directory.internal(), message.role);
  auto relatives = relatives_of(message, references, *known);
  const auto stored = named_of(references, *known, message.internal_date);
  const auto version = version_of(message, *about, *same);
  if (!version) return Failure(version.error());
  auto holders = rules::holders_of(references, relatives);
  for (const auto& place : *version) {
    holders.push_back(place.candidate);
    relatives.ancestors.push_back(place);  // nothing names it: it counts where it is joined
  }
  if (*same)
    holders.insert(holders.end(), (*same)->placed_with.begin(), (*same)->placed_with.end());
  const auto reasons =
      rules::keep_whole(rules::belongs(directory, facts.envelope, references, stored), directory,
                        facts.envelope, holders);
  if (!expect_known(message, *about))
    return fail(Kind::conflict, "store.expectation", "Something changed meanwhile.", "Look again.");
  // What is hers all the same is taken at last: where the server doesn't change its mind, there may
  // be nothing else.
  if (message.another && !(message.another->given_up && concerns(message.about, reasons)))
    return withhold(message);
  if (reasons.empty() && (!*same || (*same)->placed_with.empty())) {
    forget_attempt(message);
    ++taken_.not_ours;
    taken_.dropped.push_back(message.at);
    return {};
  }
  const rules::Sender sender{direction == rules::Direction::outgoing};
  if (!*same) {
    auto decided = add_message(message, references, direction);
    decided.places =
        place(message, decided.id, reasons, {}, sender, references, relatives, *version);
    decided_.push_back(std::move(decided));
  } else {
    place(message, (*same)->id, reasons, (*same)->placed_with, sender, references, relatives,
          *version);
  }
  if (!*same) return {};
  if (verdict == rules::Arrival::known_copy) return {};
  return add_copy(message, **same);
}

Result<std::optional<Known>> Judgment::find_known(const Incoming& message,
                                                  const store::KnownAbout::Answer& known) {
  if (message.recognized)
    return Known{message.recognized->message, message.recognized->placed_with, nullptr, false};
  auto own = own_in_sent(message, known);
  if (!own) return Failure(own.error());
  if (*own) return Known{**own, {}, nullptr, true};
  if (known.same) {
    Known found{*known.same, {}, nullptr, false};
    for (const auto& placement : known.same_placements)
      found.placed_with.push_back(placement.candidate);
    return found;
  }
  for (const auto& d : decided_) {
    if (d.message_id != message.facts.envelope.message_id ||
        d.fingerprint != message.facts.fingerprint)
      continue;
    Known found{d.id, {}, &d, false};
    for (const auto& place : d.places) found.placed_with.push_back(place.candidate);
    return found;
  }
  return std::nullopt;
}

// S-12: what was asked for hasn't come. What did isn't kept here: it is nobody's, or it comes by
// its own number.
Result<> Judgment::withhold(const Incoming& message) {
  commit_.changes.push_back(store::Quarantine{message.at, std::string(mailbox::kAnother),
                                              message.another->given_up, std::nullopt, now_,
                                              message.about});
  ++taken_.not_ours;
  return {};
}

void Judgment::keep_from_us(const Incoming& message) {
  forget_attempt(message);
  commit_.changes.push_back(
      store::RecordWithheld{message.at, now_, message.facts.envelope.message_id});
  ++taken_.not_ours;
}

// S-12: with its source, where that may be kept. What came may be another message than its header
// said, and somebody else's.
Result<> Judgment::set_aside(Incoming& message) {
  const auto& failed = *message.failed;
  if (!message.rule.empty())  // it was fetched all the same
    commit_.changes.push_back(
        store::RecordBody{message.at, message.rule, message.raw.size(), now_});
  const auto kept = is_kept_from_us(message, message.facts.envelope);
  if (!kept) return Failure(kept.error());
  const bool is_what_was_asked_for = failed.why != mailbox::kAnother && !message.another;
  if (*kept && is_what_was_asked_for) {
    keep_from_us(message);
    return {};
  }
  std::optional<BlobId> source;
  if (failed.given_up && is_what_was_asked_for) {
    const auto came = is_kept_from_us(message, mail::read_envelope(message.raw));
    if (!came) return Failure(came.error());
    if (!*came) {
      source = BlobId::make(now_, random_);
      put_source(message, *source);
    }
  }
  commit_.changes.push_back(
      store::Quarantine{message.at, failed.why, failed.given_up, source, now_, message.about});
  return {};
}

// C-14: whose list it is may have named somebody since the body was asked for.
Result<bool> Judgment::is_kept_from_us(const Incoming& message, const mail::Envelope& envelope) {
  const auto mailbox = message.at.mailbox;
  auto found = never_synced_.find(mailbox);
  if (found == never_synced_.end()) {
    auto never = store_.ask(store::NeverSynced{scope_, mailbox});
    if (!never) return Failure(never.error());
    if (!*never)  // it was disconnected: nobody knows who is named
      return fail(Kind::conflict, "mailbox.not-active", "The mailbox is switched off.");
    auto& list = **never;
    found =
        never_synced_.emplace(mailbox, rules::NeverSynced(list.entries, std::move(list.own))).first;
    commit_.expectations.push_back(store::NeverSyncedIs{mailbox, std::move(list.entries)});
  }
  return found->second.names(envelope);
}

// Of a message that is done with, though no copy is added: what was begun didn't kill us.
void Judgment::forget_attempt(const Incoming& message) {
  if (!message.rule.empty()) commit_.changes.push_back(store::ForgetAttempt{message.at});
}

// By its Message-ID, or by our own header where the provider gave it another. Only in an outgoing
// folder of the mailbox it left from: elsewhere anybody could have put these names on it.
Result<std::optional<MessageId>> Judgment::own_in_sent(const Incoming& message,
                                                       const store::KnownAbout::Answer& known) {
  if (message.role != rules::FolderRole::outgoing) return std::nullopt;
  if (known.outbox && known.outbox->mailbox == message.at.mailbox) return known.outbox->message;
  if (!message.facts.hearback_id) return std::nullopt;
  auto row = store_.ask(store::OutboxById{scope_, *message.facts.hearback_id});
  if (!row) return Failure(row.error());
  if (*row && (*row)->mailbox == message.at.mailbox) return (*row)->message;
  return std::nullopt;
}

// As the store says, and what this batch brought before: the reader has it.
std::vector<rules::StoredReference> Judgment::named_of(const std::vector<std::string>& references,
                                                       const store::KnownAbout::Answer& known,
                                                       Instant arrived) const {
  auto stored = known.named;
  std::erase_if(stored, [&](const rules::StoredReference& one) {
    return rules::is_of_the_past(arrived, one.closed_until);
  });
  std::unordered_set<std::string> ids;  // the first that bears one is meant
  for (auto& one : stored) {
    one.here = one.here || brought_.contains(one.message_id);
    ids.insert(one.message_id);
  }
  for (const auto& d : decided_)
    if (contains(references, d.message_id) && ids.insert(d.message_id).second)
      for (const auto& place : d.places)
        stored.push_back({d.message_id, place.candidate, d.ours, true, {}});
  return stored;
}

// Where the message lies that this one is another version of, brought by other mailboxes alone; of
// a known message that is done already (S-11).
Result<std::vector<rules::KnownPlace>> Judgment::version_of(const Incoming& message,
                                                            const About& about,
                                                            const std::optional<Known>& same) {
  std::vector<rules::KnownPlace> places;
  if (about.bearers.empty()) return places;
  const auto first = about.bearers.front().message;
  const auto& envelope = message.facts.envelope;
  const auto& sent = about.known.outbox;
  const bool twice = sent ? sent->mailbox == message.at.mailbox : about.brought_here;
  const bool in_batch = std::ranges::any_of(
      decided_, [&](const Decided& d) { return d.message_id == envelope.message_id; });
  if (same ? same->id == first : twice || in_batch) return places;
  auto row = store_.ask(store::MessageById{scope_, first});
  if (!row) return Failure(row.error());
  if (!*row || !rules::may_be_versions(envelope, (*row)->message.envelope)) return places;
  for (const auto& bearer : about.bearers) places.push_back(as_united(bearer.place));
  return places;
}

// This batch may have made its thread a part of another one.
rules::KnownPlace Judgment::as_united(rules::KnownPlace place) const {
  for (auto at = united_.find(place.thread); at != united_.end(); at = united_.find(place.thread))
    place.thread = at->second;
  return place;
}

rules::Relatives Judgment::relatives_of(const Incoming& message,
                                        const std::vector<std::string>& references,
                                        const store::KnownAbout::Answer& known) const {
  rules::Relatives relatives;
  const auto add = [&](std::vector<rules::KnownPlace>& places, rules::KnownPlace place) {
    places.push_back(as_united(std::move(place)));
  };
  // Where several messages bear one Message-ID, the first that came is meant, as the store says.
  std::map<std::string_view, MessageId> bearers;
  for (const auto& a : known.ancestors) {
    bearers.emplace(a.place.message_id, a.message);
    add(relatives.ancestors, a.place);
  }
  for (const auto& s : known.siblings) add(relatives.siblings, s);
  for (const auto& d : known.descendants) add(relatives.descendants, d.place);
  const auto& own_id = message.facts.envelope.message_id;
  const std::unordered_set<std::string_view> named(references.begin(), references.end());
  for (const auto& d : decided_)
    for (auto place : d.places) {
      place.message_id = d.message_id;
      if (!d.message_id.empty() && named.contains(d.message_id) &&
          bearers.try_emplace(d.message_id, d.id).first->second == d.id)
        add(relatives.ancestors, place);
      if (!own_id.empty() && contains(d.references, own_id)) add(relatives.descendants, place);
      for (const auto& shared : d.references)
        if (named.contains(shared)) {
          place.message_id = shared;
          add(relatives.siblings, place);
        }
    }
  return relatives;
}

std::vector<rules::KnownPlace> Judgment::place(const Incoming& message, MessageId id,
                                               const std::vector<rules::Reason>& reasons,
                                               const std::vector<CandidateId>& already,
                                               rules::Sender sender,
                                               const std::vector<std::string>& references,
                                               const rules::Relatives& relatives,
                                               const std::vector<rules::KnownPlace>& version) {
  const Instant date = rules::date_of(message.facts.envelope, message.internal_date);
  std::vector<rules::KnownPlace> places;
  for (const auto& reason : reasons) {
    if (contains(already, reason.candidate)) continue;
    auto choice = rules::join_version(reason, sender, version)
                      .value_or(rules::choose_thread(reason, sender, references, relatives));
    ThreadId thread;
    if (choice.join) {
      thread = unite(choice, message, relatives);
    } else {
      thread = ThreadId::make(now_, random_);
      commit_.changes.push_back(store::AddThread{
          {thread, choice.candidate, choice.kind, message.facts.envelope.subject, date}});
    }
    commit_.changes.push_back(store::PlaceMessage{
        {thread, choice.candidate, id, choice.by, std::move(choice.detail)}, date});
    places.push_back({"", thread, choice.candidate, choice.kind});
  }
  // Also where nothing is new: an earlier commit's outcome may never have been learned.
  if (!(places.empty() && already.empty()) && !message.facts.envelope.message_id.empty())
    taken_.placed.push_back(message.facts.envelope.message_id);
  return places;
}

ThreadId Judgment::unite(const rules::ThreadChoice& choice, const Incoming& message,
                         const rules::Relatives& relatives) {
  const auto found = rules::unite_threads(choice, named_by(message.facts), relatives);
  for (const auto& other : found.others) {
    united_.emplace(other, found.into);
    commit_.changes.push_back(store::UniteThreads{other, found.into});
  }
  return found.into;
}

std::size_t Judgment::put_source(Incoming& message, BlobId id) {
  commit_.changes.push_back(store::PutBlob{id, std::move(message.raw)});
  sources_.push_back({commit_.changes.size() - 1, &message});
  return commit_.changes.size() - 1;
}

void Judgment::give_back() {
  for (auto& [index, message] : sources_)
    message->raw = std::move(commit_.changes[index].as<store::PutBlob>()->bytes);
  sources_.clear();
}

Decided Judgment::add_message(Incoming& message, std::vector<std::string> references,
                              rules::Direction direction) {
  const auto& facts = message.facts;
  rules::Message row;
  row.id = MessageId::make(now_, random_);
  row.envelope = facts.envelope;
  row.kind = facts.kind;
  row.direction = direction;
  row.fingerprint = facts.fingerprint;
  row.date = rules::date_of(facts.envelope, message.internal_date);
  row.octets = message.raw.size();
  row.snippet = facts.snippet;
  row.conversation = facts.conversation;
  row.attachments = facts.attachments;
  row.raw = BlobId::make(now_, random_);
  Decided decided{row.id,
                  facts.envelope.message_id,
                  facts.fingerprint,
                  std::move(references),
                  {},
                  put_source(message, row.raw),
                  direction == rules::Direction::outgoing};
  commit_.expectations.push_back(
      store::NoMessageWith{facts.envelope.message_id, facts.fingerprint});
  const BlobId source = row.raw;
  commit_.changes.push_back(store::AddMessage{std::move(row), now_, facts.words});
  commit_.changes.push_back(store::AddCopy{decided.id, message.at, source});
  ++taken_.messages;
  return decided;
}

// A copy keeps a source of its own only where its octets differ.
Result<> Judgment::add_copy(Incoming& message, const Known& known) {
  BlobId source;
  if (message.recognized) {
    source = message.recognized->source;
  } else {
    auto same = same_source(message, known, source);
    if (!same) return Failure(same.error());
    if (!*same) {
      source = BlobId::make(now_, random_);
      put_source(message, source);
    }
  }
  commit_.changes.push_back(store::AddCopy{known.id, message.at, source});
  brought_.insert(message.facts.envelope.message_id);
  ++taken_.copies;
  return {};
}

Result<bool> Judgment::same_source(const Incoming& message, const Known& known, BlobId& source) {
  if (known.decided) {
    const auto& first = *commit_.changes[known.decided->blob_change].as<store::PutBlob>();
    source = first.id;
    return first.bytes == message.raw;
  }
  auto row = store_.ask(store::MessageById{scope_, known.id});
  if (!row) return Failure(row.error());
  if (!*row || (*row)->message.octets != message.raw.size()) return false;
  source = (*row)->message.raw;
  auto bytes = store_.ask(store::BlobBytes{scope_.company, source});
  // Whether it is the same can't be told just now, or ever: to keep it twice costs room alone,
  // while waiting for a file that its disk doesn't give would hold up all that comes behind.
  if (!bytes && bytes.error().code == "store.blob-files") return false;
  if (!bytes) return Failure(bytes.error());
  return *bytes && **bytes == message.raw;
}

}  // namespace

Result<MessageFacts> read_facts(std::string_view raw, const Limits& limits) {
  auto parsed = mail::parse(raw, limits);
  if (!parsed) return Failure(parsed.error());
  MessageFacts facts;
  facts.kind = mail::kind_of(*parsed);
  auto parts = mail::split_quoted(parsed->text);
  facts.snippet = mail::snippet(parts, limits.snippet_octets);
  for (const auto& part : parsed->attachments)
    facts.attachments.push_back({part.index, part.filename, part.type, part.content.size(),
                                 part.content_id, part.is_inline, part.extent});
  for (const auto& [name, body] : parsed->fields) {
    if (name == "x-hearback-id") facts.hearback_id = OutboxId::parse(trim(body));
    if (name == "thread-index") facts.conversation = mail::conversation_of(body);
  }
  facts.fingerprint = std::move(parsed->fingerprint);
  facts.attached_ids = std::move(parsed->attached_ids);
  facts.envelope = std::move(parsed->envelope);
  facts.words =
      rules::findable(facts.envelope, facts.attachments, rules::own_words(std::move(parts)));
  return facts;
}

void leave_unread(std::vector<store::Change>& changes,
                  const std::vector<rules::Location>& dropped) {
  if (dropped.empty()) return;
  for (auto& change : changes) {
    auto* cursor = change.as<store::AdvanceCursor>();
    if (!cursor) continue;
    std::vector<std::uint32_t> uids;
    for (const auto& at : dropped)
      if (at.folder == cursor->folder && at.uid_validity == cursor->uid_validity)
        uids.push_back(at.uid);
    std::ranges::sort(uids);
    const auto repeated = std::ranges::unique(uids);
    uids.erase(repeated.begin(), repeated.end());
    cursor->ranges = unsettle(cursor->ranges, uids);
  }
}

Result<TakenIn> TakeIn::commit(std::vector<Incoming>& batch,
                               const std::vector<store::Change>& extra,
                               std::vector<store::Expectation> expected) {
  std::ranges::sort(batch, {}, [](const Incoming& message) {
    return std::pair(rules::date_of(message.facts.envelope, message.internal_date), message.at);
  });
  SeededRandom random(seed_);
  Judgment judgment(store_, company_, now_, random);
  judgment.expect_active(batch);
  for (auto& message : batch) {
    auto judged = judgment.judge(message);
    if (!judged) {
      judgment.give_back();
      return Failure(judged.error());
    }
  }
  auto& commit = judgment.commit();
  commit.changes.insert(commit.changes.end(), extra.begin(), extra.end());
  leave_unread(commit.changes, judgment.taken().dropped);
  std::ranges::move(expected, std::back_inserter(commit.expectations));
  if (commit.changes.empty()) return std::move(judgment.taken());
  auto committed = store_.commit(commit);
  if (committed) return std::move(judgment.taken());
  judgment.give_back();
  return Failure(committed.error());
}

}  // namespace hearback::sync
