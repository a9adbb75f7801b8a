#include "store/threads/copies.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/threads/bearers.hpp"

namespace hearback::store {
namespace {

// A header may name thousands of people: so many are in memory at one time.
constexpr std::size_t kHeadersAtOnce = 64;

bool same_specs(const std::vector<mail::Address>& a, const std::vector<mail::Address>& b) {
  return std::ranges::equal(a, b, {}, &mail::Address::spec, &mail::Address::spec);
}

// The same octets without a doubt, where the size is the same, too.
bool same_header(const mail::Envelope& a, const mail::Envelope& b) {
  return a.date == b.date && a.subject == b.subject && same_specs(a.from, b.from) &&
         same_specs(a.to, b.to) && same_specs(a.cc, b.cc);
}

// Of each the rows of one look at an index. Asked about all of them at once, a planner that knows
// nothing of the table yet begins with all that the mailbox holds, or the company.
template <class Items, class Read>
void for_each_row(Db& db, std::string_view sql, std::vector<Value> shared, const Items& items,
                  const Read& read) {
  std::vector<std::vector<Value>> each;
  for (const auto& item : items) each.push_back({value_of(item)});
  auto found = db.run_each(sql, shared, each);
  for (std::size_t i = 0; i < items.size(); ++i)
    for (auto& row : found[i]) read(items[i], row);
}

using Placed = std::unordered_map<MessageId, std::vector<CandidateId>>;

// In whose threads these lie.
Placed holders_of(Db& db, CompanyId company, const std::vector<MessageId>& messages) {
  Placed placed;
  for_each_row(db,
               "select distinct candidate from placements where company = $1 and message = $2"
               " order by candidate limit 1000000",
               {value_of(company)}, messages, [&](MessageId message, Row& row) {
                 placed[message].push_back(row.id<CandidateId>());
               });
  return placed;
}

using Headers = std::unordered_multimap<std::string_view, std::size_t>;  // places in `found`

Headers by_message_id(const std::vector<BroughtBefore::Found>& found) {
  Headers sought;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (const auto& id = found[i].header->message_id; !id.empty()) sought.emplace(id, i);
  return sought;
}

struct OwnCopy {
  MessageId message;
  BlobId raw;
  std::uint64_t octets = 0;
};

// Copies of this mailbox that may be what was found, by Message-ID and size; in the order of their
// messages.
std::vector<OwnCopy> own_copies(Db& db, const BroughtBefore& question, const Headers& sought) {
  std::unordered_set<std::string> named;
  for (const auto& [id, at] : sought) named.emplace(id);
  // Most are borne by nobody yet.
  const auto company = question.scope.company;
  std::vector<std::string> borne;
  for (auto& [message, id] : bearers_of(db, company, {named.begin(), named.end()}, 1))
    borne.push_back(std::move(id));
  std::vector<MessageId> messages;
  std::unordered_map<MessageId, std::string> id_of;
  for (auto& [message, id] : bearers_of(db, company, borne, kBearersMost))
    if (id_of.emplace(message, std::move(id)).second) messages.push_back(message);
  std::ranges::sort(messages);
  const auto may_be = [&](const OwnCopy& copy) {
    const auto [begin, end] = sought.equal_range(id_of.at(copy.message));
    return std::any_of(begin, end, [&](const auto& one) {
      return question.found[one.second].octets == copy.octets;
    });
  };
  std::vector<OwnCopy> copies;
  // By the message alone, and so below: there is more than one way to what a mailbox holds.
  for_each_row(db,
               "select distinct k.mailbox, k.raw, l.octets from copies k join blobs l"
               " on l.company = k.company and l.id = k.raw where k.company = $1"
               " and k.message = $2 order by k.mailbox, k.raw limit 1000000",
               {value_of(company)}, messages, [&](MessageId message, Row& row) {
                 const bool own = row.id<MailboxId>() == question.mailbox;
                 OwnCopy copy{message, row.id<BlobId>(), 0};
                 copy.octets = static_cast<std::uint64_t>(row.number());
                 if (own && may_be(copy)) copies.push_back(copy);
               });
  return copies;
}

void add_candidates(Db& db, CompanyId company, BroughtBefore::Answer& brought) {
  std::vector<MessageId> messages;
  for (const auto& row : brought)
    if (row) messages.push_back(row->message);
  std::ranges::sort(messages);
  const auto repeated = std::ranges::unique(messages);
  messages.erase(repeated.begin(), repeated.end());
  auto placed = holders_of(db, company, messages);
  for (auto& row : brought)
    if (row) row->candidates = placed[row->message];
}

}  // namespace

AnswerTo<CopiesInFolder> answer(Reading& reading, const CopiesInFolder& question) {
  auto& db = reading.db;
  const auto company = question.scope.company;
  std::map<std::uint32_t, MessageId> there;
  for_each_row(db,
               "select message from copies where company = $1 and mailbox = $2 and folder = $3"
               " and uid_validity = $4 and uid = $5 and here = 1 limit 1",
               {value_of(company), value_of(question.mailbox), value_of(question.folder),
                value_of(question.uid_validity)},
               question.uids,
               [&](std::uint32_t uid, Row& row) { there[uid] = row.id<MessageId>(); });
  for_each_row(db,
               "select mailbox, folder, uid_validity, uid from copies where company = $1"
               " and message = $2 and here = 1 order by mailbox, folder limit 1000000",
               {value_of(company)}, question.messages, [&](MessageId message, Row& row) {
                 const auto mailbox = row.id<MailboxId>();
                 const auto folder = row.id<FolderId>();
                 const auto uid_validity = static_cast<std::uint32_t>(row.number());
                 if (mailbox == question.mailbox && folder == question.folder &&
                     uid_validity == question.uid_validity)
                   there[static_cast<std::uint32_t>(row.number())] = message;
               });
  std::vector<MessageId> messages;
  for (const auto& [uid, message] : there) messages.push_back(message);
  auto placed = holders_of(db, company, messages);
  std::vector<CopiesInFolder::Row> copies;
  for (const auto& [uid, message] : there) copies.push_back({uid, message, placed[message]});
  return copies;
}

AnswerTo<BroughtBefore> answer(Reading& reading, const BroughtBefore& question) {
  AnswerTo<BroughtBefore> brought(question.found.size());
  const auto sought = by_message_id(question.found);
  const auto copies = own_copies(reading.db, question, sought);
  for (std::size_t done = 0; done < copies.size(); done += kHeadersAtOnce) {
    const auto some =
        std::span(copies).subspan(done, std::min(kHeadersAtOnce, copies.size() - done));
    std::vector<MessageId> ids;
    for (const auto& copy : some) ids.push_back(copy.message);
    const auto messages = load_messages(reading.db, question.scope.company, ids);
    for (const auto& copy : some) {
      const auto& header = messages.at(copy.message).envelope;
      for (auto [at, end] = sought.equal_range(header.message_id); at != end; ++at) {
        const auto& found = question.found[at->second];
        auto& row = brought[at->second];
        if (!row && found.octets == copy.octets && same_header(header, *found.header))
          row = {copy.message, copy.raw, {}};
      }
    }
  }
  add_candidates(reading.db, question.scope.company, brought);
  return brought;
}

}  // namespace hearback::store
