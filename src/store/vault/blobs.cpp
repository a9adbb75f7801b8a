#include "store/vault/blobs.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unordered_set>

#include "store/engine/disk.hpp"
#include "store/vault/file.hpp"

namespace hearback::store {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t kNameOctets = 16;
constexpr std::string_view kDraft = ".part";
constexpr const char* kTrash = "/trash";
constexpr const char* kMark = "/installation";
constexpr std::uint64_t kFramesAtOnce = 16;
constexpr std::size_t kSweepAtOnce = 512;  // names in one question to the database
constexpr auto kUnknownAfter = 1h;
constexpr auto kTrashKept = std::chrono::hours(24 * 30);

// Whatever the folder is in want of (room, descriptors, its disk), it may have again: no message is
// at fault, and none is given up for it.
Error error_of(const std::string& doing) {
  return {Kind::transient, "store.blob-files",
          "A file of the blob folder can't be " + doing + ": " + std::strerror(errno) + ".",
          "Check that the folder exists, belongs to the user that runs Hearback, and has space."};
}

[[noreturn]] void trouble(const std::string& doing) { throw Refused{error_of(doing)}; }
[[noreturn]] void unread() { throw Unread{{error_of("read")}}; }

std::optional<std::string> read_from(int fd, OctetRange range) {
  std::string bytes(range.octets, '\0');
  for (std::size_t done = 0; done < bytes.size();) {
    const auto n =
        ::pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(range.at + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) unread();
    if (n == 0) return std::nullopt;  // it was cut off
    done += static_cast<std::size_t>(n);
  }
  return bytes;
}

void sync_folder(const std::string& path) {
  File folder{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.fd < 0 || ::fsync(folder.fd) != 0) trouble("written");
}

// A file that is there whole or not at all: until it is kept, whatever fails takes it away again,
// for what didn't fit must not keep the disk's last room.
class Draft {
 public:
  Draft(std::string path, int fd) : path_(std::move(path)), file_{fd} {
    if (fd < 0) trouble("made");
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (!kept_ && file_.fd >= 0) ::unlink(path_.c_str());
  }

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto n = ::write(file_.fd, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) trouble("written");
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(file_.fd) != 0) trouble("written");
  }

  void move_to(const std::string& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) trouble("written");
    path_ = path;
  }
  void keep() { kept_ = true; }

 private:
  std::string path_;
  File file_;
  bool kept_ = false;
};

// A folder whose name isn't on disk for certain is none: whoever comes next makes it.
void make_folder(const std::string& in, const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0) {
    if (errno != EEXIST) trouble("made");
    return;
  }
  try {
    sync_folder(in);
  } catch (const Refused&) {
    ::rmdir(folder.c_str());
    throw;
  }
}

int open_new(const std::string& path, int how) {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0600);
}

// Calls `use` with the regular files of a folder that were last changed `age` ago or earlier, a few
// at a time.
template <class Use>
void each_older(const std::string& folder, fs::file_time_type now, fs::file_time_type::duration age,
                const Use& use) {
  std::vector<fs::path> some;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code gone;
    if (!entry->is_regular_file(gone)) continue;
    const auto written = entry->last_write_time(gone);
    if (gone || now - written < age) continue;
    some.push_back(entry->path());
    if (some.size() < kSweepAtOnce) continue;
    use(some);
    some.clear();
  }
  if (!some.empty()) use(some);
}

std::vector<std::string> names_of(const std::vector<fs::path>& files) {
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.filename());
  return names;
}

// The time of a file made just now is the file system's own "now".
std::optional<fs::file_time_type> now_in(const std::string& directory) {
  const std::string probe = directory + "/now";
  std::error_code failed;
  std::ofstream(probe).put('\n').flush();
  const auto now = fs::last_write_time(probe, failed);
  std::error_code left;
  fs::remove(probe, left);
  if (failed) return std::nullopt;
  return now;
}

}  // namespace

BlobFiles::BlobFiles(std::string directory) : directory_(std::move(directory)) {
  if (directory_.empty()) return;
  std::error_code failed;
  fs::create_directories(directory_, failed);
  if (!failed) fs::create_directory(directory_ + kTrash, failed);
  if (failed) {
    errno = failed.value();
    trouble("made");
  }
}

void BlobFiles::expect_room() const {
  if (used()) expect_disk_room(directory_);
}

void BlobFiles::try_writing(std::string_view bytes) const {
  if (!used()) return;
  const std::string path = directory_ + "/room";
  Draft(path, open_new(path, O_TRUNC)).write(bytes);
}

std::string BlobFiles::trash_path_of(const std::string& name) const {
  return directory_ + kTrash + "/" + name;
}

std::string BlobFiles::path_of(const std::string& name) const {
  return directory_ + "/" + name.substr(0, 2) + "/" + name;
}

void BlobFiles::write(const std::string& name, std::string_view bytes) const {
  const std::string path = path_of(name), draft = path + std::string(kDraft);
  const std::string folder = path.substr(0, path.rfind('/'));
  make_folder(directory_, folder);
  Draft file(draft, open_new(draft, O_EXCL));
  file.write(bytes);
  file.move_to(path);
  sync_folder(folder);
  file.keep();
}

std::optional<std::string> BlobFiles::read(const std::string& name) const {
  File file{open_to_read(name)};
  struct stat facts{};
  if (file.fd < 0) return std::nullopt;
  if (::fstat(file.fd, &facts) != 0) unread();
  return read_from(file.fd, {0, static_cast<std::uint64_t>(facts.st_size)});
}

std::optional<std::string> BlobFiles::read(const std::string& name, OctetRange range) const {
  File file{open_to_read(name)};
  if (file.fd < 0) return std::nullopt;
  return read_from(file.fd, range);
}

int BlobFiles::open_to_read(const std::string& name) const {
  if (!used() || name.size() != 2 * kNameOctets) return -1;
  const auto open = [](const std::string& path) {
    return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  };
  int fd = open(path_of(name));
  if (fd < 0 && errno == ENOENT) {
    take_back(name);  // or somebody else does
    fd = open(path_of(name));
    if (fd < 0 && errno == ENOENT) fd = open(trash_path_of(name));
  }
  if (fd >= 0) return fd;
  if (errno != ENOENT || ::access((directory_ + kMark).c_str(), F_OK) != 0) unread();
  return -1;
}

void BlobFiles::remove(const std::string& name) const noexcept {
  if (::unlink(path_of(name).c_str()) != 0) ::unlink(trash_path_of(name).c_str());
}

bool BlobFiles::take_back(const std::string& name) const {
  return ::rename(trash_path_of(name).c_str(), path_of(name).c_str()) == 0;
}

void BlobFiles::sweep(int step, const Known& known) const {
  if (!used()) return;
  if (step == kSweepSteps - 1) return sweep_trash(known);
  const auto now = now_in(directory_);
  if (!now) return;
  const auto folder = directory_ + "/" + to_hex(std::string(1, static_cast<char>(step)));
  each_older(folder, *now, kUnknownAfter, [&](const std::vector<fs::path>& files) {
    std::vector<std::string> names;
    for (const auto& file : files) {
      std::error_code failed;
      if (file.extension() == kDraft) {
        fs::remove(file, failed);  // never renamed, so never a blob's file
      } else {
        names.push_back(file.filename());
      }
    }
    const auto in_use = known(names);
    const std::unordered_set<std::string> keep(in_use.begin(), in_use.end());
    for (const auto& name : names) {
      if (keep.contains(name)) continue;
      const auto to = trash_path_of(name);
      std::error_code failed;
      if (::rename(path_of(name).c_str(), to.c_str()) == 0) fs::last_write_time(to, *now, failed);
    }
  });
}

void BlobFiles::sweep_trash(const Known& known) const {
  const auto now = now_in(directory_);
  if (!now) return;
  each_older(directory_ + kTrash, *now, {}, [&](const std::vector<fs::path>& files) {
    const auto in_use = known(names_of(files));
    const std::unordered_set<std::string> keep(in_use.begin(), in_use.end());
    for (const auto& file : files) {
      std::error_code failed;
      if (keep.contains(file.filename())) {
        take_back(file.filename());
      } else if (*now - fs::last_write_time(file, failed) >= kTrashKept && !failed) {
        fs::remove(file, failed);
      }
    }
  });
}

bool BlobFiles::empty() const {
  std::error_code failed;
  for (fs::directory_iterator sub(directory_, failed), end; !failed && sub != end;
       sub.increment(failed)) {
    if (!sub->is_directory(failed)) continue;
    for (fs::directory_iterator file(sub->path(), failed); !failed && file != end;
         file.increment(failed))
      if (file->path().filename().string().size() == 2 * kNameOctets) return false;
  }
  if (failed) {
    errno = failed.value();
    trouble("read");
  }
  return true;
}

bool BlobFiles::holds(const std::string& name) const {
  return ::access(path_of(name).c_str(), F_OK) == 0 ||
         ::access(trash_path_of(name).c_str(), F_OK) == 0;
}

std::optional<std::string> BlobFiles::mark() const {
  std::ifstream file(directory_ + kMark);
  std::string text;
  if (!file || !std::getline(file, text)) return std::nullopt;
  return text;
}

void BlobFiles::put_mark(const std::string& text) const {
  const auto path = directory_ + kMark;
  auto name = path + "-XXXXXX";
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);  // 0600
  Draft draft(name, fd);
  draft.write(text + "\n");
  draft.move_to(path);
  draft.keep();  // it may be written anew, and says the same
  sync_folder(directory_);
}

SealedBlob seal_blob(Vault& vault, const BlobFiles& files, const Limits& limits, CompanyId company,
                     const PutBlob& blob) {
  SealedBlob sealed;
  sealed.id = blob.id;
  const Frames frames{company, blob.id, blob.bytes.size()};
  sealed.octets = frames.octets;
  sealed.frame_octets = frames.each;
  const auto key = vault.new_key();
  sealed.sealed_key = vault.seal(key, blob_key_purpose(company, blob.id));
  sealed.bytes = frames.seal(vault, key, blob.bytes);
  if (files.used() && blob.bytes.size() > limits.blob_in_database_octets) {
    sealed.file = to_hex(vault.random_octets(kNameOctets));
    files.write(sealed.file, sealed.bytes);
    sealed.bytes.clear();
  }
  return sealed;
}

void insert_blob(Db& db, CompanyId company, const SealedBlob& blob) {
  const Value bytes = blob.file.empty() ? value_of(Blob{blob.bytes}) : Value{};
  db.change(
      "insert into blobs(company, id, sealed_key, octets, frame_octets, bytes, file)"
      " values ($1, $2, $3, $4, $5, $6, $7)",
      company, blob.id, Blob{blob.sealed_key}, blob.octets, blob.frame_octets, bytes, blob.file);
}

std::optional<StoredBlob> StoredBlob::find(Db& db, const Vault& vault, const BlobFiles& files,
                                           CompanyId company, BlobId blob) {
  auto row = db.row(
      "select sealed_key, octets, frame_octets, file from blobs where company = $1 and id = $2",
      company, blob);
  if (!row) return std::nullopt;
  auto key = vault.open(row->blob(), blob_key_purpose(company, blob));
  if (!key) return std::nullopt;
  StoredBlob found(db, files);
  found.key_ = std::move(*key);
  const auto octets = static_cast<std::uint64_t>(row->number());
  found.frames_ = {company, blob, octets, static_cast<std::uint64_t>(row->number())};
  found.file_ = row->text();
  return found;
}

std::optional<std::string> StoredBlob::sealed(OctetRange range) const {
  if (!file_.empty()) return files_->read(file_, range);
  auto row = db_->row(
      "select substr(bytes, cast($3 as integer), cast($4 as integer)) from blobs"
      " where company = $1 and id = $2",
      frames_.company, frames_.blob, range.at + 1, range.octets);
  auto bytes = row ? row->maybe_blob() : std::nullopt;
  if (!bytes) return std::nullopt;
  return std::move(bytes->bytes);
}

std::optional<std::string> StoredBlob::open_whole() const {
  auto bytes = file_.empty() ? sealed({0, octets() + Vault::kSealOctets}) : files_->read(file_);
  if (!bytes) return std::nullopt;
  return Vault::open_with(key_, *bytes, blob_purpose(frames_.company, frames_.blob));
}

std::optional<std::string> StoredBlob::open_frames(OctetRange frames) const {
  const auto bytes = sealed(frames_.sealed(frames));
  return bytes ? frames_.open(key_, *bytes, frames) : std::nullopt;
}

std::optional<std::string> StoredBlob::read(std::span<const OctetRange> ranges) const {
  std::string out, opened;
  OctetRange held;  // what `opened` holds
  if (!in_frames()) {
    auto whole = open_whole();
    if (!whole || whole->size() != octets()) return std::nullopt;
    opened = std::move(*whole);
    held = {0, opened.size()};
  }
  for (auto range : ranges) {
    range.octets = std::min(range.end(), octets()) - std::min(range.at, octets());
    while (range.octets > 0) {
      if (range.at < held.at || range.at >= held.end()) {
        const auto first = frames_.around({range.at, 1}).at;
        const OctetRange some{first, std::min(kFramesAtOnce, frames_.around(range).octets)};
        auto plain = open_frames(some);
        if (!plain) return std::nullopt;
        opened = std::move(*plain);
        held = {first * frames_.each, opened.size()};
      }
      const auto piece = std::min(range.octets, held.end() - range.at);
      out.append(opened, range.at - held.at, piece);
      range = {range.at + piece, range.octets - piece};
    }
  }
  return out;
}

std::optional<std::string> StoredBlob::read_all() const {
  if (!in_frames()) return open_whole();
  const OctetRange all{0, octets()};
  return octets() == 0 ? open_frames({0, 1}) : read({&all, 1});
}

void drop_unused_blobs(Db& db, CompanyId company, const std::vector<BlobId>& blobs,
                       std::vector<std::string>& files_to_remove) {
  in_chunks({value_of(company)}, values_of(blobs), [&](InList list, Params params) {
    const auto gone = db.run(
        "delete from blobs where company = $1 and id in " + list +
            " and not exists (select 1 from messages m where m.company = $1 and m.raw = blobs.id)"
            " and not exists (select 1 from copies c where c.company = $1 and c.raw = blobs.id)"
            " and not exists (select 1 from outbox o where o.company = $1 and o.bytes = blobs.id)"
            " and not exists (select 1 from import_attempts i"
            "                 where i.company = $1 and i.raw = blobs.id)"
            " and not exists (select 1 from uploads u"
            "                 where u.company = $1 and u.blob_id = blobs.id)"
            " and not exists (select 1 from candidate_files f"
            "                 where f.company = $1 and f.blob_id = blobs.id)"
            " and not exists (select 1 from removed_files g"
            "                 where g.company = $1 and g.blob_id = blobs.id)"
            " and not exists (select 1 from pictures p"
            "                 where p.company = $1 and p.blob_id = blobs.id)"
            " and not exists (select 1 from file_contents f"
            "                 where f.company = $1 and f.blob_id = blobs.id)"
            " and not exists (select 1 from file_documents d"
            "                 where d.company = $1 and d.contents = blobs.id)"
            " returning file",
        params);
    for (auto row : gone.rows)
      if (auto file = row.text(); !file.empty()) files_to_remove.push_back(std::move(file));
  });
}

}  // namespace hearback::store
