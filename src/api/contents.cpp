// What a message holds: its words, its files, its source; and what lies on a profile. Every door to
// it asks the store through the reader's scope. A file costs what it is long, however long its
// message is: it is read piece by piece from where it stands in the source, as fast as its reader
// takes it.
#include "api/contents.hpp"

#include <algorithm>
#include <limits>
#include <memory>

#include "api/candidates.hpp"
#include "api/handlers.hpp"
#include "api/http/guard.hpp"
#include "api/zip.hpp"
#include "base/text.hpp"
#include "mail/filename.hpp"
#include "mail/text.hpp"
#include "net/http_range.hpp"

namespace hearback::api {

namespace json = boost::json;

Read<store::MessageInThread> visible_message(const Call& call) {
  auto id = call.path_id<MessageId>(0, "message");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::MessageById{call.scope(), *id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("message");
  return std::move(**found);
}

namespace {

Refusal source_missing() {
  return refuse(Kind::missing, "message.source-missing",
                "The source of this message is not stored any more.");
}

// The source without what stands in it of files that can be read alone: the words are the same.
Read<std::string> source_beside_files(const Call& call, const rules::Message& message) {
  constexpr auto kUpToItsEnd = std::numeric_limits<std::uint64_t>::max();
  std::vector<mail::Extent> files;
  for (const auto& file : message.attachments)
    if (file.extent) files.push_back(*file.extent);
  auto bytes = call.store().ask(
      store::BlobRanges{call.asker.company, message.raw, mail::beside(kUpToItsEnd, files)});
  if (!bytes) return Refusal(bytes.error());
  if (!*bytes) return source_missing();
  return std::move(**bytes);
}

}  // namespace

Read<mail::Parsed> words_of(const Call& call, const rules::Message& message) {
  auto source = source_beside_files(call, message);
  if (!source) return Refusal(source.error());
  auto content = mail::parse_body(*source, call.house->options.limits);
  if (!content) return Refusal(content.error());
  return std::move(*content);
}

namespace {

// ---- downloads ---------------------------------------------------------------------------

// What is to be downloaded.
struct File {
  BlobId blob;
  std::optional<mail::Extent> in_blob;  // none: it has to be taken out of the whole
  std::uint64_t octets = 0;             // as its reader gets it
  std::string_view type;
  std::string name;
  std::string tag;  // changes with the octets
  std::size_t index = 0;
};

using Find = Read<File> (*)(const Call&);

// One on its way. The loop and the workers have it by turns.
struct Download {
  Call call;
  Find find;  // as this asker may see it
  BlobId blob;
  OctetRange source;  // that is still to be read
  mail::Decoder decoder;
  OctetRange wanted;  // of what comes of it: octets to be left out first, and to be sent then
};

// A reader may take hours, and a right be lost meanwhile (P-1): each piece is for whoever may still
// begin.
std::optional<Problem> check_rights(Download& download, Instant now) {
  auto& call = download.call;
  auto asker = identify(call.store(), call.house->options, call.credentials, now);
  if (!asker) return asker.error();
  if (asker->user.id != call.user().id)
    return Problem(Error{Kind::denied, "session.required", "This session has ended.", ""});
  call.asker = std::move(*asker);
  call.now = now;
  auto file = download.find(call);
  if (!file) return file.error();
  if (file->blob != download.blob) return source_missing().error();
  return std::nullopt;
}

Read<std::string> next_piece(Download& download, Instant now) {
  if (auto problem = check_rights(download, now)) return Refusal(std::move(*problem));
  const auto most = download.call.house->options.limits.download_piece_octets;
  auto& source = download.source;
  const OctetRange range{source.at, std::min<std::uint64_t>(source.octets, most)};
  auto bytes = download.call.store().ask(
      store::BlobRanges{download.call.asker.company, download.blob, {range}});
  if (!bytes) return Refusal(bytes.error());
  if (!*bytes || (*bytes)->size() != range.octets) return source_missing();
  std::string out;
  download.decoder.put(**bytes, out);
  source = {range.end(), source.octets - range.octets};
  if (source.octets == 0) download.decoder.end(out);

  auto& [before, left] = download.wanted;
  const auto skipped = std::min<std::uint64_t>(before, out.size());
  out.erase(0, skipped);
  before -= skipped;
  out.resize(std::min<std::uint64_t>(left, out.size()));
  left -= out.size();
  return out;
}

// Where nothing comes any more (the message was deleted meanwhile, or is not this reader's to see),
// the answer stays shorter than it said, and its reader sees that it isn't whole.
Task<void> run_download(std::shared_ptr<Download> download, net::HttpStream& out) {
  auto& env = download->call.house->env;
  const auto turn = download->call.turn(net::Lane::read);
  while (download->wanted.octets > 0 && download->source.octets > 0 && !out.gone()) {
    auto piece = co_await env.work(
        turn, guarded([download, now = env.now()] { return next_piece(*download, now); }));
    if (!piece || !co_await out.write(std::move(*piece))) co_return;
  }
}

void describe(net::HttpResponse& response, const File& file) {
  response.headers.emplace_back("Content-Type", file.type);
  response.headers.emplace_back("Content-Disposition", content_disposition(file.name));
}

net::HttpResponse in_pieces(const Call& call, Find find, const File& file) {
  net::HttpResponse response;
  response.headers = {{"Accept-Ranges", "bytes"}, {"ETag", file.tag}};
  const auto asked = net::asked_range(*call.request, file.octets, file.tag);
  using Is = net::AskedRange::Is;
  if (asked.is != Is::absent)
    response.headers.emplace_back("Content-Range", net::content_range(asked, file.octets));
  if (asked.is == Is::beyond_end) {
    response.status = 416;
    return response;
  }
  describe(response, file);
  if (asked.is == Is::part) response.status = 206;
  const auto wanted = asked.is == Is::part ? asked.range : OctetRange{0, file.octets};

  auto download =
      std::make_shared<Download>(Download{.call = call,
                                          .find = find,
                                          .blob = file.blob,
                                          .source = file.in_blob->range,
                                          .decoder = mail::Decoder(file.in_blob->coding),
                                          .wanted = wanted});
  if (file.in_blob->coding == mail::Coding::none) {  // what isn't wanted needn't be read
    download->source = {download->source.at + wanted.at, wanted.octets};
    download->wanted.at = 0;
  }
  response.length = wanted.octets;
  response.stream = [download](net::HttpStream& out) { return run_download(download, out); };
  return response;
}

net::HttpResponse in_one(std::string bytes, const File& file) {
  net::HttpResponse response;
  describe(response, file);
  response.body = std::move(bytes);
  return response;
}

Read<std::string> whole_source(const Call& call, const File& file) {
  auto bytes = call.store().ask(store::BlobBytes{call.asker.company, file.blob});
  if (!bytes) return Refusal(bytes.error());
  if (!*bytes) return source_missing();
  return std::move(**bytes);
}

// Looks whether the blob is there, and can be read in pieces.
Read<File> placed(const Call& call, File file) {
  auto form = call.store().ask(store::BlobForm{call.asker.company, file.blob});
  if (!form) return Refusal(form.error());
  if (!*form) return source_missing();
  if (!(*form)->in_frames) file.in_blob.reset();
  return file;
}

File file_of(const rules::Message& message, const rules::Attachment& attachment) {
  return {.blob = message.raw,
          .in_blob = attachment.extent,
          .octets = attachment.octets,
          .type = "application/octet-stream",
          .name = attachment.filename,
          .tag = "\"" + message.id.text() + "." + std::to_string(attachment.index) + "\"",
          .index = static_cast<std::size_t>(attachment.index)};
}

Read<File> find_attachment(const Call& call) {
  auto message = visible_message(call);
  if (!message) return Refusal(message.error());
  const auto index = number_in_path(call.path.at(1));
  const auto& files = message->message.attachments;
  const auto found = std::ranges::find_if(
      files, [&](const auto& file) { return index && std::uint64_t(file.index) == *index; });
  if (found == files.end()) return not_found("attachment");
  return placed(call, file_of(message->message, *found));
}

// What can be read alone costs what it is long.
Read<std::string> contents_of(const Call& call, const File& file) {
  if (!file.in_blob) {
    auto source = whole_source(call, file);
    if (!source) return Refusal(source.error());
    auto part = mail::parse_attachment(*source, file.index, call.house->options.limits);
    if (!part && part.error().code == "mail.part-missing") return not_found("attachment");
    if (!part) return Refusal(part.error());
    return std::move(part->content);
  }
  auto bytes =
      call.store().ask(store::BlobRanges{call.asker.company, file.blob, {file.in_blob->range}});
  if (!bytes) return Refusal(bytes.error());
  if (!*bytes || (*bytes)->size() != file.in_blob->range.octets) return source_missing();
  mail::Decoder decoder(file.in_blob->coding);
  std::string contents;
  decoder.put(**bytes, contents);
  decoder.end(contents);
  return contents;
}

Reply unpack(const Call& call, const File& file) {
  auto contents = contents_of(call, file);
  if (!contents) return Refusal(contents.error());
  return in_one(std::move(*contents), file);
}

// ---- all files of a message in one archive -----------------------------------------------------

struct Bundle {
  std::vector<File> files;  // each by the name that it has in the archive
  Instant date;
  File zip;
  bool in_pieces = false;  // each of them can be read so
};

// Those that are listed; the pictures in the text aren't.
Read<Bundle> find_bundle(const Call& call) {
  auto found = visible_message(call);
  if (!found) return Refusal(found.error());
  const auto& message = found->message;
  Bundle bundle{.files = {}, .date = message.date, .zip = {}};
  std::vector<mail::NamedFile> written;
  for (const auto& attachment : message.attachments) {
    if (attachment.is_inline) continue;
    bundle.files.push_back(file_of(message, attachment));
    written.push_back({attachment.filename, attachment.type});
  }
  if (bundle.files.empty()) return not_found("attachment");
  const auto names = mail::distinct_filenames(written);
  auto octets = Zip::kEmpty;
  for (std::size_t i = 0; i < names.size(); ++i) {
    bundle.files[i].name = names[i];
    octets += Zip::octets_of(names[i], bundle.files[i].octets);
  }
  auto title = mail::filename_of_title(message.envelope.subject, ".zip");
  if (title == ".zip") title = "attachments.zip";
  auto zip = placed(call, {.blob = message.raw,
                           .in_blob = mail::Extent{},
                           .octets = octets,
                           .type = "application/zip",
                           .name = std::move(title)});
  if (!zip) return Refusal(zip.error());
  bundle.zip = std::move(*zip);
  bundle.in_pieces = bundle.zip.in_blob && std::ranges::all_of(bundle.files, [](const File& file) {
                       return file.in_blob.has_value();
                     });
  return bundle;
}

// As if it were asked for alone, with the same rights.
std::shared_ptr<Download> download_of(const Call& call, const File& file) {
  auto alone = call;
  alone.path = {call.path.at(0), std::to_string(file.index)};
  return std::make_shared<Download>(Download{.call = std::move(alone),
                                             .find = find_attachment,
                                             .blob = file.blob,
                                             .source = file.in_blob->range,
                                             .decoder = mail::Decoder(file.in_blob->coding),
                                             .wanted = {0, file.octets}});
}

// Each file is read twice: what stands in front of it tells its checksum.
Task<void> run_zip(Call call, std::shared_ptr<const Bundle> bundle, net::HttpStream& out) {
  auto& env = call.house->env;
  const auto turn = call.turn(net::Lane::read);
  Zip zip(bundle->date);
  for (const auto& file : bundle->files) {
    Checksum sum;
    for (const bool sending : {false, true}) {
      if (sending) {
        if (sum.octets() != file.octets) co_return;  // or it were longer than we said, or shorter
        if (!co_await out.write(zip.head(file.name, sum))) co_return;
      }
      const auto download = download_of(call, file);
      while (download->wanted.octets > 0 && download->source.octets > 0) {
        if (out.gone()) co_return;
        auto piece = co_await env.work(
            turn, guarded([download, now = env.now()] { return next_piece(*download, now); }));
        if (!piece) co_return;
        if (!sending)
          sum.add(*piece);
        else if (!co_await out.write(std::move(*piece)))
          co_return;
      }
    }
  }
  co_await out.write(zip.end());
}

net::HttpResponse zip_in_pieces(const Call& call, Bundle found) {
  net::HttpResponse response;
  describe(response, found.zip);
  response.length = found.zip.octets;
  response.stream = [call, bundle = std::make_shared<const Bundle>(std::move(found))](
                        net::HttpStream& out) { return run_zip(call, bundle, out); };
  return response;
}

// What has to be taken out of the whole is, once for all of it.
Reply zip_in_one(const Call& call, const Bundle& bundle) {
  auto source = whole_source(call, bundle.zip);
  if (!source) return Refusal(source.error());
  auto parsed = mail::parse(*source, call.house->options.limits);
  if (!parsed) return Refusal(parsed.error());
  *source = {};
  Zip zip(bundle.date);
  std::string out;
  for (const auto& file : bundle.files) {
    if (file.index >= parsed->attachments.size()) return not_found("attachment");
    const auto content = std::move(parsed->attachments[file.index].content);
    Checksum sum;
    sum.add(content);
    out += zip.head(file.name, sum);
    out += content;
  }
  out += zip.end();
  return in_one(std::move(out), bundle.zip);
}

// A file that is all that its blob holds.
Read<File> whole_blob(const Call& call, BlobId blob, std::string_view type, std::string name) {
  auto form = call.store().ask(store::BlobForm{call.asker.company, blob});
  if (!form) return Refusal(form.error());
  if (!*form) return source_missing();
  File file{.blob = blob,
            .in_blob = {},
            .octets = (*form)->octets,
            .type = type,
            .name = std::move(name),
            .tag = "\"" + blob.text() + "\""};
  if ((*form)->in_frames) file.in_blob = {{0, file.octets}, mail::Coding::none};
  return file;
}

// Copies of one message differ in what only their mailbox knows (Bcc, Received), so each reader
// gets the source that lies in a mailbox of their own, or that they wrote here (S-11).
Read<File> find_source(const Call& call) {
  auto message = visible_message(call);
  if (!message) return Refusal(message.error());
  auto copies = call.store().ask(store::CopiesOf{call.scope(), message->message.id});
  if (!copies) return Refusal(copies.error());
  std::optional<BlobId> blob;
  if (!copies->empty())  // those that this reader may see
    blob = copies->front().raw;
  else if (message->outbox && message->outbox->author == call.user().id)
    blob = message->outbox->bytes;
  if (!blob)
    return refuse(Kind::missing, "message.source-not-yours",
                  "This message lies in no mailbox of yours, so its source is not shown to you.");
  return whole_blob(call, *blob, "message/rfc822", "message.eml");
}

Read<File> find_file(const Call& call) {
  auto candidate = visible_candidate(call);
  if (!candidate) return Refusal(candidate.error());
  auto id = call.path_id<UploadId>(1, "file");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::FileById{call.scope(), candidate->candidate.id, *id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("file");
  return whole_blob(call, (*found)->blob, "application/octet-stream", (*found)->filename);
}

Reply send_whole(const Call& call, const File& file) {
  auto bytes = whole_source(call, file);
  if (!bytes) return Refusal(bytes.error());
  return in_one(std::move(*bytes), file);
}

Task<Reply> get_whole(Call call, Find find) {
  auto file = co_await at_work(call, net::Lane::read, [call, find] { return find(call); });
  if (!file) co_return Refusal(file.error());
  if (file->in_blob) co_return in_pieces(call, find, *file);
  co_return co_await at_work(call, net::Lane::read,
                             [call, file = *file] { return send_whole(call, file); });
}

}  // namespace

Read<mail::OutgoingPart> part_of(const Call& call, const rules::Message& message,
                                 const rules::Attachment& file) {
  auto found = placed(call, file_of(message, file));
  if (!found) return Refusal(found.error());
  auto contents = contents_of(call, *found);
  if (!contents) return Refusal(contents.error());
  return mail::OutgoingPart{file.filename, file.type, "", std::move(*contents)};
}

Reply get_message_body(Call& call) {
  auto message = visible_message(call);
  if (!message) return Refusal(message.error());
  auto content = words_of(call, message->message);
  if (!content) return Refusal(content.error());
  const auto parts = mail::split_quoted(content->text);
  json::array defects;
  for (const auto& defect : content->defects) defects.push_back(json::value(defect));
  return json_response(200, {{"text", content->text},
                             {"fresh", parts.fresh},
                             {"quoted", parts.quoted},
                             {"signature", parts.signature},
                             {"html", content->html},
                             {"defects", std::move(defects)}});
}

Task<Reply> get_message_source(Call call) { return get_whole(std::move(call), find_source); }

Task<Reply> get_file(Call call) { return get_whole(std::move(call), find_file); }

Task<Reply> get_attachment(Call call) {
  auto file = co_await at_work(call, net::Lane::read, [call] { return find_attachment(call); });
  if (!file) co_return Refusal(file.error());
  if (file->in_blob) co_return in_pieces(call, find_attachment, *file);
  co_return co_await at_work(call, net::Lane::parse,
                             [call, file = *file] { return unpack(call, file); });
}

Task<Reply> get_attachments(Call call) {
  auto bundle = co_await at_work(call, net::Lane::read, [call] { return find_bundle(call); });
  if (!bundle) co_return Refusal(bundle.error());
  if (bundle->in_pieces) co_return zip_in_pieces(call, std::move(*bundle));
  co_return co_await at_work(call, net::Lane::parse,
                             [call, bundle = *bundle] { return zip_in_one(call, bundle); });
}

}  // namespace hearback::api
