// What servers do to us, and what we do then: hostile ones, the cache, credentials, origins.
#include "source/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>
#include <thread>

#include "base/log.h"
#include "http_server.h"
#include "source/http_message.h"

namespace cm::source {
namespace {

using test::HttpServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Talk = HttpServer::Talk;

std::string gzipBomb(size_t megabytes, bool honest = true) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string zeros(1 << 20, '\0'), out(megabytes * 2048 + 4096, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  for (size_t i = 0; i < megabytes; ++i) {
    stream.next_in = reinterpret_cast<Bytef*>(zeros.data());
    stream.avail_in = static_cast<uInt>(zeros.size());
    EXPECT_GE(deflate(&stream, i + 1 == megabytes ? Z_FINISH : Z_NO_FLUSH), Z_OK);
  }
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (!honest) out.replace(out.size() - 4, 4, std::string("\x10\0\0\0", 4));
  return out;
}

size_t entriesOf(const char* folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

class Http : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    folder = Path(testing::TempDir()) / fmt::format("cm_http_{}", ::getpid());
    options.retries = 0;
    options.seconds = [this] { return time.load(); };
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  static std::string text(const Result<Bytes>& bytes) {
    return bytes ? std::string(asText(*bytes)) : "error: " + bytes.error().text();
  }
  template <class Condition>
  static bool until(Condition condition) {
    for (int i = 0; i < 10000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
  void moveTime(Fetcher& fetcher, double seconds) {
    time = time + seconds;
    fetcher.wake();
  }
  void useCache() { options.cacheFolder = folder / "http"; }

  Path folder;
  Fetcher::Options options;
  std::atomic<double> time{1.6e9};
};

TEST_F(Http, WhatIsDeclaredTooLargeIsRefusedUnread) {
  HttpServer server(HttpServer::Talker([](const Talk& talk) {
    talk.send("HTTP/1.1 200 OK\r\nContent-Length: 99000000000\r\n\r\n");
    talk.waitUntilLeft();
    return false;
  }));
  options.maxBytes = 1 << 20;
  Fetcher fetcher(options);
  const auto answer = fetcher.read(server.uri("/big.glb"));
  EXPECT_THAT(text(answer), HasSubstr("/big.glb: is declared larger than the 1,048,576 bytes allowed"));
  EXPECT_FALSE(answer.error().passes());
}

TEST_F(Http, EndlessBodiesAndHeadsEnd) {
  HttpServer server(HttpServer::Talker([](const Talk& talk) {
    talk.send(talk.path == "/body" ? "HTTP/1.1 200 OK\r\n\r\n" : "HTTP/1.1 200 OK\r\n");
    const std::string line = "X-Line: " + std::string(4000, 'x') + "\r\n";
    while (talk.send(line)) {}
    return false;
  }));
  options.maxBytes = 1 << 20;
  Fetcher fetcher(options);
  EXPECT_THAT(text(fetcher.read(server.uri("/body"))), HasSubstr("/body: sends more than the 1,048,576 bytes allowed"));
  const auto head = fetcher.read(server.uri("/head"));
  ASSERT_FALSE(head);
  EXPECT_THAT(head.error().text(), HasSubstr("/head: "));
  EXPECT_FALSE(head.error().passes());
}

TEST_F(Http, BombsAreRefusedHoweverTheyArePacked) {
  const std::string honest = gzipBomb(64), lying = gzipBomb(64, false);
  HttpServer server([&](const std::string& path) {
    if (path == "/encoded") return HttpServer::ok(honest, "Content-Encoding: gzip\r\n");
    return HttpServer::ok(path == "/lying" ? lying : honest);
  });
  options.maxBytes = 8 << 20;
  Fetcher fetcher(options);
  for (const char* path : {"/declared", "/lying"})
    EXPECT_THAT(text(fetcher.read(server.uri(path))),
                HasSubstr("gzip data unpacks to more than the 8,388,608 bytes allowed"));
  EXPECT_THAT(text(fetcher.read(server.uri("/encoded"))), HasSubstr("sends more than the 8,388,608 bytes allowed"));
}

TEST_F(Http, LiesAboutLengthsDoNotSpoilTheNextAnswer) {
  HttpServer server(HttpServer::Talker([](const Talk& talk) {
    if (talk.path == "/long") return talk.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") && false;
    if (talk.path == "/chunks")
      return talk.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n") && false;
    if (talk.path == "/short")
      return talk.send(
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nshortHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    return talk.send(HttpServer::ok("good"));
  }));
  Fetcher fetcher(options);
  for (const char* path : {"/long", "/chunks"}) {
    const auto cut = fetcher.read(server.uri(path));
    ASSERT_FALSE(cut) << path;
    EXPECT_TRUE(cut.error().passes()) << cut.error().text();
  }
  EXPECT_EQ(text(fetcher.read(server.uri("/short"))), "short");
  EXPECT_EQ(text(fetcher.read(server.uri("/good"))), "good");
}

TEST_F(Http, AServerThatStallsIsGivenUp) {
  std::atomic<int> stalled{0};
  HttpServer server(HttpServer::Talker([&](const Talk& talk) {
    if (talk.path == "/dribble") talk.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nx");
    ++stalled;
    talk.waitUntilLeft();
    return false;
  }));
  Fetcher fetcher(options);
  std::promise<Result<Bytes>> silent, dribbled;
  fetcher.fetch(server.uri("/silent"), 0, [&](Result<Bytes> bytes) { silent.set_value(std::move(bytes)); });
  fetcher.fetch(server.uri("/dribble"), 0, [&](Result<Bytes> bytes) { dribbled.set_value(std::move(bytes)); });
  ASSERT_TRUE(until([&] { return stalled == 2; }));
  moveTime(fetcher, options.timeoutSeconds + 1);
  for (auto* promise : {&silent, &dribbled}) {
    const auto answer = promise->get_future().get();
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().text(), HasSubstr("no answer, or hardly one, in 30 s"));
    EXPECT_TRUE(answer.error().passes());
  }
  EXPECT_TRUE(until([&] { return server.openConnections() == 0; })) << "and its connections are closed";
}

TEST_F(Http, RedirectsStayWhereTheyMay) {
  std::string other;
  HttpServer away([](const std::string& path) { return HttpServer::ok("away " + path); });
  HttpServer server([&](const std::string& path) {
    const auto to = [](const std::string& where) {
      return "HTTP/1.1 302 Found\r\nLocation: " + where + "\r\nContent-Length: 0\r\n\r\n";
    };
    if (path == "/circle") return to("/circle2");
    if (path == "/circle2") return to("/circle");
    if (path == "/local") return to("file:///etc/hostname");
    if (path == "/away") return to(other + "/x");
    if (path == "/near") return to("here");
    return HttpServer::ok("got " + path);
  });
  other = away.uri("");
  Fetcher fetcher(options);
  EXPECT_THAT(text(fetcher.read(server.uri("/circle"))), HasSubstr("/circle: is redirected more than 8 times"));
  EXPECT_THAT(text(fetcher.read(server.uri("/local"))),
              HasSubstr("/local: is redirected: file:///etc/hostname is not on the web"));
  EXPECT_EQ(text(fetcher.read(server.uri("/near"))), "got /here");
  const auto refused = fetcher.read(server.uri("/away"));
  EXPECT_THAT(text(refused), HasSubstr("is on another server than " + server.uri("/away") + " and \"allowedOrigins\""));
  EXPECT_FALSE(refused.error().passes());
  EXPECT_EQ(away.connections(), 0u) << "nothing was asked of it";
  fetcher.allowOrigins({other});
  EXPECT_EQ(text(fetcher.read(server.uri("/away"))), "away /x");
}

TEST_F(Http, SaysWhereTheBytesCameFrom) {
  HttpServer server([&](const std::string& path) {
    if (path == "/latest/a.json")
      return std::string("HTTP/1.1 302 x\r\nLocation: /v2/b.json\r\nContent-Length: 0\r\n\r\n");
    return HttpServer::ok("got " + path);
  });
  Fetcher fetcher(options);
  std::string address;
  EXPECT_EQ(text(fetcher.read(server.uri("/latest/a.json"), &address)), "got /v2/b.json");
  EXPECT_EQ(address, server.uri("/v2/b.json"));
  EXPECT_EQ(text(fetcher.read(server.uri("/x"), &address)), "got /x");
  EXPECT_EQ(address, server.uri("/x"));
}

TEST_F(Http, RetryAfterIsObeyed) {
  std::atomic<int> asked{0};
  HttpServer server([&](const std::string& path) {
    if (asked++ > 0) return HttpServer::ok("at last " + path);
    return std::string("HTTP/1.1 503 x\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
  });
  HttpServer bystander([](const std::string&) { return HttpServer::ok("by"); });
  options.retries = 1;
  Fetcher fetcher(options);
  std::promise<Result<Bytes>> promise;
  fetcher.fetch(server.uri("/a"), 0, [&](Result<Bytes> bytes) { promise.set_value(std::move(bytes)); });
  ASSERT_TRUE(until([&] { return fetcher.statistics().resting == 1; }));
  moveTime(fetcher, 6.9);
  EXPECT_EQ(text(fetcher.read(bystander.uri("/"))), "by");  // a turn of the loop at the new time
  EXPECT_EQ(asked, 1);
  moveTime(fetcher, 0.2);
  EXPECT_EQ(text(promise.get_future().get()), "at last /a");
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(fetcher.statistics().retries, 1u);
}

TEST_F(Http, AServerThatAsksForALongRestGetsItAndNobodyWaits) {
  std::atomic<int> asked{0};
  HttpServer server([&](const std::string&) {
    if (asked++ > 0) return HttpServer::ok("back");
    return std::string("HTTP/1.1 429 x\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n");
  });
  options.retries = 3;
  Fetcher fetcher(options);
  const auto first = fetcher.read(server.uri("/a"));
  ASSERT_FALSE(first);
  EXPECT_TRUE(first.error().passes());
  const auto second = fetcher.read(server.uri("/b"));
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().text(), HasSubstr("/b: the server asks to be left alone for 600 s more"));
  EXPECT_EQ(asked, 1);
  moveTime(fetcher, 601);
  EXPECT_EQ(text(fetcher.read(server.uri("/b"))), "back");
}

TEST_F(Http, WhatIsNotThereOrNotOursIsAskedForOnce) {
  std::atomic<int> asked{0};
  HttpServer server([&](const std::string& path) {
    ++asked;
    return HttpServer::status(path == "/403" ? 403 : 404);
  });
  options.retries = 5;
  Fetcher fetcher(options);
  for (const char* path : {"/403", "/404"}) {
    const auto answer = fetcher.read(server.uri(path));
    ASSERT_FALSE(answer);
    EXPECT_FALSE(answer.error().passes()) << path;
  }
  EXPECT_EQ(asked, 2);
}

TEST_F(Http, PausesGrowAndDiffer) {
  EXPECT_DOUBLE_EQ(pauseSeconds(1, 0), 0.1);
  EXPECT_DOUBLE_EQ(pauseSeconds(1, 1), 0.2);
  EXPECT_DOUBLE_EQ(pauseSeconds(3, 0.5), 0.6);
  EXPECT_LE(pauseSeconds(1000, 1), 300);
}

TEST_F(Http, OneSlowHostDoesNotHoldUpAnother) {
  std::atomic<int> held{0}, most{0};
  HttpServer slow(HttpServer::Talker([&](const Talk& talk) {
    const int now = ++held;
    most = std::max(most.load(), now);
    talk.waitUntilLeft();
    --held;
    return false;
  }));
  HttpServer quick([](const std::string&) { return HttpServer::ok("quick"); });
  options.connections = 2;
  Fetcher fetcher(options);
  for (int i = 0; i < 6; ++i) fetcher.fetch(slow.uri("/" + std::to_string(i)), -1, [](Result<Bytes>) {});
  ASSERT_TRUE(until([&] { return held == 2; }));
  EXPECT_EQ(text(fetcher.read(quick.uri("/"))), "quick");
  EXPECT_EQ(most, 2);
  EXPECT_EQ(fetcher.statistics().waiting, 4u);
}

TEST_F(Http, NothingIsLeftOfAThousandBadAnswers) {
  const size_t threads = entriesOf("/proc/self/task"), handles = entriesOf("/proc/self/fd");
  {
    std::atomic<unsigned> turn{0};
    HttpServer server(HttpServer::Talker([&](const Talk& talk) {
      switch (turn++ % 5) {
        case 0: return talk.send(HttpServer::status(500));
        case 1: return talk.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut") && false;
        case 2: return false;
        case 3: return talk.send("nonsense\r\n\r\n") && false;
        default: return talk.send(HttpServer::ok("good"));
      }
    }));
    Fetcher fetcher(options);
    std::atomic<int> left{1000}, good{0};
    for (int i = 0; i < 1000; ++i)
      fetcher.fetch(server.uri("/" + std::to_string(i)), i, [&](Result<Bytes> bytes) {
        good += bytes ? 1 : 0;
        --left;
      });
    ASSERT_TRUE(until([&] { return left == 0; }));
    EXPECT_GT(good, 100);
    EXPECT_LE(server.openConnections(), options.connections);
    EXPECT_EQ(fetcher.statistics().underWay + fetcher.statistics().waiting, 0u);
  }
  // At most: a thread of an earlier test's server may still have been going when they were counted.
  EXPECT_TRUE(until([&] { return entriesOf("/proc/self/task") <= threads; }));
  EXPECT_EQ(entriesOf("/proc/self/fd"), handles);
}

// ---------------------------------------------------------------------------------------------------------- the cache

//! Answers with an ETag; counts what it had to send whole.
struct Tagged {
  std::atomic<int> whole{0}, unchanged{0};
  std::atomic<int> version{1};
  std::string headers;
  HttpServer server{HttpServer::Talker([this](const Talk& talk) {
    const std::string tag = "\"v" + std::to_string(version) + "\"";
    if (talk.header("If-None-Match") == tag) {
      ++unchanged;
      return talk.send("HTTP/1.1 304 x\r\nETag: " + tag + "\r\n" + headers + "\r\n");
    }
    ++whole;
    return talk.send(HttpServer::ok("version " + std::to_string(version), "ETag: " + tag + "\r\n" + headers));
  })};
};

TEST_F(Http, TheCacheAsksWhetherItIsStillTrueAcrossRuns) {
  useCache();
  Tagged web;
  const std::string uri = web.server.uri("/a.glb");
  EXPECT_EQ(text(Fetcher(options).read(uri)), "version 1");
  Fetcher fetcher(options);
  EXPECT_EQ(text(fetcher.read(uri)), "version 1");
  EXPECT_EQ(web.whole, 1);
  EXPECT_EQ(web.unchanged, 1);
  EXPECT_EQ(fetcher.statistics().fromCache, 1u);
  web.version = 2;
  EXPECT_EQ(text(fetcher.read(uri)), "version 2");
  EXPECT_EQ(web.whole, 2);
}

TEST_F(Http, WhatIsFreshIsNotAskedForAndLaterIs) {
  useCache();
  Tagged web;
  web.headers = "Cache-Control: public, max-age=60\r\n";
  const std::string uri = web.server.uri("/a.glb");
  EXPECT_EQ(text(Fetcher(options).read(uri)), "version 1");
  EXPECT_EQ(text(Fetcher(options).read(uri)), "version 1");
  EXPECT_EQ(web.whole + web.unchanged, 1);
  time = time + 61;
  EXPECT_EQ(text(Fetcher(options).read(uri)), "version 1");
  EXPECT_EQ(web.unchanged, 1);
  EXPECT_EQ(text(Fetcher(options).read(uri)), "version 1");
  EXPECT_EQ(web.unchanged, 1) << "the answer made it fresh again";
}

TEST_F(Http, WhatWasKeptIsShownWhereTheServerIsGone) {
  useCache();
  std::atomic<bool> broken{false};
  HttpServer server([&](const std::string& path) {
    if (broken) return HttpServer::status(path == "/gone" ? 404 : 500);
    return HttpServer::ok("kept",
                          path == "/strict" ? "ETag: \"a\"\r\nCache-Control: must-revalidate\r\n" : "ETag: \"a\"\r\n");
  });
  for (const char* path : {"/a", "/strict", "/gone"}) EXPECT_EQ(text(Fetcher(options).read(server.uri(path))), "kept");
  broken = true;
  Fetcher fetcher(options);
  EXPECT_EQ(text(fetcher.read(server.uri("/a"))), "kept");
  EXPECT_THAT(text(fetcher.read(server.uri("/strict"))), HasSubstr("HTTP status 500"));
  EXPECT_THAT(text(fetcher.read(server.uri("/gone"))), HasSubstr("HTTP status 404"));
}

TEST_F(Http, WithoutANetworkWhatWasKeptIsThereAtOnce) {
  useCache();
  std::string a, b;
  {
    HttpServer server([](const std::string& path) { return HttpServer::ok(path, "ETag: \"a\"\r\n"); });
    a = server.uri("/a"), b = server.uri("/b");
    Fetcher fetcher(options);
    EXPECT_EQ(text(fetcher.read(a)) + text(fetcher.read(b)), "/a/b");
  }
  Fetcher fetcher(options);
  EXPECT_EQ(text(fetcher.read(a)) + text(fetcher.read(b)), "/a/b");
  EXPECT_EQ(fetcher.statistics().requests, 1u) << "one attempt for both";
  time = time + 60;
  EXPECT_EQ(text(fetcher.read(a)), "/a");
  EXPECT_EQ(fetcher.statistics().requests, 2u) << "and another some time later";
}

TEST_F(Http, RedirectsLeadToWhatWasKeptWithoutANetworkAndHideTheirSecrets) {
  useCache();
  HttpServer away([](const std::string&) { return HttpServer::ok("elsewhere", "ETag: \"b\"\r\n"); });
  const std::string elsewhere = away.uri("");
  std::string latest, hidden, far;
  {
    HttpServer server([&](const std::string& path) {
      const auto to = [](const std::string& where, const std::string& more) {
        return "HTTP/1.1 302 x\r\nLocation: " + where + "\r\n" + more + "Content-Length: 0\r\n\r\n";
      };
      if (path.starts_with("/latest")) return to("/v2/tileset.json?token=S3CRET", "");
      if (path == "/hidden") return to("/v2/tileset.json?token=S3CRET", "Cache-Control: no-store\r\n");
      if (path == "/far") return to(elsewhere + "/x", "");
      return HttpServer::ok("got " + path, "ETag: \"a\"\r\n");
    });
    latest = server.uri("/latest?key=K3Y"), hidden = server.uri("/hidden"), far = server.uri("/far");
    Fetcher fetcher(options);
    fetcher.allowOrigins({elsewhere});
    std::string address;
    EXPECT_EQ(text(fetcher.read(latest, &address)), "got /v2/tileset.json?token=S3CRET");
    EXPECT_EQ(address, server.uri("/v2/tileset.json?token=S3CRET"));
    EXPECT_EQ(text(fetcher.read(hidden)), "got /v2/tileset.json?token=S3CRET");
    EXPECT_EQ(text(fetcher.read(far)), "elsewhere");
  }
  Fetcher fetcher(options);
  std::string address;
  EXPECT_EQ(text(fetcher.read(latest, &address)), "got /v2/tileset.json?token=S3CRET");
  EXPECT_EQ(address, resolveUri(latest, "/v2/tileset.json")) << "what it refers to lies beside it";
  EXPECT_THAT(text(fetcher.read(hidden)), HasSubstr("error")) << "not to be remembered";
  EXPECT_THAT(text(fetcher.read(far)), HasSubstr("error")) << "this city does not name the other server";
  fetcher.allowOrigins({elsewhere});
  EXPECT_EQ(text(fetcher.read(far)), "elsewhere");
  for (const auto& file : std::filesystem::directory_iterator(options.cacheFolder)) {
    std::string all(asText(*readFile(file.path())));
    if (const size_t body = all.find("got /v2"); body != std::string::npos) all.resize(body);
    EXPECT_EQ(all.find("S3CRET"), std::string::npos);
    EXPECT_EQ(all.find("K3Y"), std::string::npos);
  }
}

TEST_F(Http, WhatIsDamagedIsNotKept) {
  useCache();
  std::atomic<bool> damaged{true};
  const std::string whole = gzipBomb(1);
  HttpServer server([&](const std::string&) {
    return HttpServer::ok(damaged ? whole.substr(0, whole.size() / 2) : whole, "ETag: \"a\"\r\n");
  });
  const auto cut = Fetcher(options).read(server.uri("/a"));
  ASSERT_FALSE(cut);
  EXPECT_TRUE(cut.error().passes());
  EXPECT_TRUE(std::filesystem::is_empty(options.cacheFolder));
  damaged = false;
  EXPECT_EQ(text(Fetcher(options).read(server.uri("/a"))).size(), size_t{1} << 20);
  Fetcher fetcher(options);
  EXPECT_TRUE(fetcher.read(server.uri("/a")));
  fetcher.forget(server.uri("/a"));
  EXPECT_TRUE(until([&] { return std::filesystem::is_empty(options.cacheFolder); }));
}

TEST_F(Http, NeitherSecretsNorWhatForbidsItAreKept) {
  useCache();
  std::atomic<int> asked{0};
  HttpServer server([&](const std::string& path) {
    ++asked;
    return HttpServer::ok("x", path == "/no" ? "ETag: \"a\"\r\nCache-Control: no-store\r\n" : "ETag: \"a\"\r\n");
  });
  const std::string port = server.uri("").substr(server.uri("").rfind(':') + 1);
  EXPECT_EQ(text(Fetcher(options).read(server.uri("/no"))), "x");
  EXPECT_TRUE(std::filesystem::is_empty(options.cacheFolder));
  ::setenv(("CITYMIRROR_TOKEN_127_0_0_1_" + port).c_str(), "s3cret", 1);
  EXPECT_EQ(text(Fetcher(options).read(server.uri("/yes"))), "x");
  EXPECT_TRUE(std::filesystem::is_empty(options.cacheFolder));
  options.cacheCredentialed = true;
  EXPECT_EQ(text(Fetcher(options).read(server.uri("/yes"))), "x");
  EXPECT_FALSE(std::filesystem::is_empty(options.cacheFolder));
  ::unsetenv(("CITYMIRROR_TOKEN_127_0_0_1_" + port).c_str());
}

TEST_F(Http, HeadsSayWhatMayBeKept) {
  const auto kept = [](std::initializer_list<const char*> lines) {
    ResponseHead head;
    for (const char* line : lines) head.read(line);
    return keptAnswer(head, 1000);
  };
  EXPECT_FALSE(kept({"Content-Type: a"})) << "it could never be used";
  EXPECT_FALSE(kept({"ETag: \"a\"", "Vary: Accept, *"}));
  EXPECT_DOUBLE_EQ(kept({"cache-control: Max-Age=\"50\"", "Age: 20"})->freshUntil, 1030);
  EXPECT_DOUBLE_EQ(kept({"ETag: \"a\"", "Cache-Control: max-age=50", "Cache-Control: no-cache"})->freshUntil, 0);
  EXPECT_DOUBLE_EQ(kept({"Expires: Thu, 01 Jan 2026 00:01:00 GMT", "Date: Thu, 01 Jan 2026 00:00:00 GMT"})->freshUntil,
                   1060);
  EXPECT_TRUE(kept({"HTTP/1.1 103 Early Hints", "ETag: \"old\"", "HTTP/1.1 200 OK", "Last-Modified: x"})->etag.empty());
}

// ------------------------------------------------------------------------------------------------------- credentials

TEST_F(Http, CredentialsGoToTheirOwnServerAndIntoNoText) {
  std::mutex mutex;
  std::map<std::string, std::string> sent;
  const auto note = [&](const std::string& name) {
    return HttpServer::Talker([&, name](const Talk& talk) {
      std::lock_guard lock(mutex);
      sent[name + talk.path] = talk.header("Authorization");
      return talk.send(HttpServer::status(404));
    });
  };
  HttpServer ours(note("ours")), theirs(note("theirs"));
  const std::string port = ours.uri("").substr(ours.uri("").rfind(':') + 1);
  const std::string name = "CITYMIRROR_TOKEN_127_0_0_1_" + port;
  ::setenv(name.c_str(), "s3cret", 1);
  Fetcher fetcher(options);
  const std::string error = text(fetcher.read(ours.uri("/a?key=k3y")));
  EXPECT_FALSE(fetcher.read(theirs.uri("/a")));
  ::setenv(name.c_str(), "me:pass", 1);
  EXPECT_FALSE(Fetcher(options).read(ours.uri("/basic")));
  ::unsetenv(name.c_str());
  EXPECT_EQ(sent["ours/a?key=k3y"], "Bearer s3cret");
  EXPECT_EQ(sent["ours/basic"], "Basic bWU6cGFzcw==");
  EXPECT_EQ(sent["theirs/a"], "");
  EXPECT_EQ(fetcher.statistics().credentialed, 1u);
  EXPECT_EQ(error, "error: " + ours.uri("/a?…") + ": HTTP status 404, expected 200");
  const std::string user = text(fetcher.read("http://me:pass@127.0.0.1:" + port + "/x"));
  EXPECT_THAT(user,
              AllOf(HasSubstr("地址中含有用户名"), HasSubstr("has a user in its address"), Not(HasSubstr("pass@"))));
}

TEST_F(Http, ALayersCredentialsGoToItsFolderAndAlongRedirectsToNoOtherServer) {
  std::mutex mutex;
  std::map<std::string, std::string> sent;
  std::string elsewhere;
  const auto note = [&](const std::string& name) {
    return HttpServer::Talker([&, name](const Talk& talk) {
      std::lock_guard lock(mutex);
      sent[name + talk.path] = talk.header("Authorization");
      if (talk.path == "/survey/moved")
        return talk.send("HTTP/1.1 302 x\r\nLocation: " + elsewhere + "/survey/a\r\nContent-Length: 0\r\n\r\n");
      return talk.send(HttpServer::ok("x"));
    });
  };
  HttpServer ours(note("ours")), theirs(note("theirs"));
  elsewhere = theirs.uri("");
  const std::string host = "CITYMIRROR_TOKEN_127_0_0_1_" + elsewhere.substr(elsewhere.rfind(':') + 1);
  ::setenv("CITYMIRROR_LAYER_SURVEY", (ours.uri("") + " s3cret").c_str(), 1);
  ::setenv("CITYMIRROR_LAYER_PLANS", (ours.uri("/") + "  me:pass").c_str(), 1);
  ::setenv("CITYMIRROR_LAYER_NO_ORIGIN", "s3cret", 1);
  ::setenv(host.c_str(), "hosts", 1);
  Fetcher fetcher(options);
  fetcher.allowOrigins({elsewhere});
  const auto problems =
      fetcher.setLayerCredentials({{ours.uri("/survey/tileset.json"), "CITYMIRROR_LAYER_SURVEY"},
                                   {ours.uri("/survey/plans/{z}/{x}/{y}.png?k={k}"), "CITYMIRROR_LAYER_PLANS"},
                                   {theirs.uri("/t.json"), "CITYMIRROR_LAYER_SURVEY"},
                                   {ours.uri("/t.json"), "CITYMIRROR_LAYER_NO_ORIGIN"},
                                   {ours.uri("/t.json"), "CITYMIRROR_LAYER_UNSET"}});
  for (const char* variable :
       {"CITYMIRROR_LAYER_SURVEY", "CITYMIRROR_LAYER_PLANS", "CITYMIRROR_LAYER_NO_ORIGIN", host.c_str()})
    ::unsetenv(variable);
  for (const char* path :
       {"/survey/a", "/survey/deep/b", "/survey/plans/1/2/3.png", "/surveys/c", "/d", "/survey/moved"})
    EXPECT_EQ(text(fetcher.read(ours.uri(path))), "x") << path;
  EXPECT_EQ(sent["ours/survey/a"], "Bearer s3cret");
  EXPECT_EQ(sent["ours/survey/deep/b"], "Bearer s3cret");
  EXPECT_EQ(sent["ours/survey/plans/1/2/3.png"], "Basic bWU6cGFzcw==");
  EXPECT_EQ(sent["ours/surveys/c"], "");
  EXPECT_EQ(sent["ours/d"], "");
  EXPECT_EQ(sent["ours/survey/moved"], "Bearer s3cret");
  EXPECT_EQ(sent["theirs/survey/a"], "Bearer hosts") << "its own, not the layer's";
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0], "环境变量 CITYMIRROR_LAYER_SURVEY 属于 " + ours.uri("") + "，而图层位于 " + elsewhere +
                             " / CITYMIRROR_LAYER_SURVEY is for " + ours.uri("") + ", the layer is on " + elsewhere);
  EXPECT_THAT(problems[1],
              AllOf(StartsWith("环境变量 CITYMIRROR_LAYER_NO_ORIGIN 应为服务器"),
                    HasSubstr(" / CITYMIRROR_LAYER_NO_ORIGIN is not a server like"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(problems[2],
              StartsWith("环境变量 CITYMIRROR_LAYER_UNSET 未设置，此图层不带凭据请求 / the environment has no"));
}

TEST_F(Http, CredentialsAreNamedSoThatNoOtherHostGetsThem) {
  ::setenv("CITYMIRROR_TOKEN_TILES_EXAMPLE_ORG", "dots", 1);
  ::setenv("CITYMIRROR_TOKEN_TILES_EXAMPLE_ORG_8080", "port", 1);
  const Credentials credentials;
  ::unsetenv("CITYMIRROR_TOKEN_TILES_EXAMPLE_ORG");
  ::unsetenv("CITYMIRROR_TOKEN_TILES_EXAMPLE_ORG_8080");
  EXPECT_EQ(credentials.headerFor("https://tiles.example.org"), "Authorization: Bearer dots");
  EXPECT_EQ(credentials.headerFor("https://tiles.example.org:444"), "Authorization: Bearer dots");
  EXPECT_EQ(credentials.headerFor("http://tiles.example.org:8080"), "Authorization: Bearer port");
  EXPECT_EQ(credentials.headerFor("http://tiles.example.org"), "") << "in the clear only where the port says so";
  EXPECT_EQ(credentials.headerFor("https://tiles-example.org"), "");
  EXPECT_EQ(credentials.headerFor("https://org"), "");
}

TEST(WithoutSecrets, HidesUsersAndQueries) {
  EXPECT_EQ(log::withoutSecrets("read https://me:pw@h.x/a/b?tk=1&x=2: failed"), "read https://h.x/a/b?…: failed");
  EXPECT_EQ(log::withoutSecrets("(http://h/a?k=1) and http://h?k"), "(http://h/a?…) and http://h?…");
  EXPECT_EQ(log::withoutSecrets("http://a@b@c/x@y"), "http://c/x@y");
  EXPECT_EQ(log::withoutSecrets("what? nothing://"), "what? nothing://");
}

TEST(Origin, IsSchemeHostAndPort) {
  EXPECT_EQ(originOf("HTTPS://Tiles.Example.ORG:443/a?b"), "https://tiles.example.org");
  EXPECT_EQ(originOf("http://h:8080"), "http://h:8080");
  EXPECT_EQ(originOf("http://good.example@evil.example/"), "http://evil.example");
  EXPECT_EQ(originOf("http://[::1]:80/a"), "http://[::1]");
  EXPECT_EQ(originOf("/etc/passwd"), "");
  EXPECT_EQ(originOf("file:///etc/passwd"), "");
}

TEST(MayLead, NeverFromTheWebToThisMachineAndElsewhereWhereAllowed) {
  const std::vector<std::string> none, some{"https://b.example/"};
  const auto may = [](const char* from, const char* to, const std::vector<std::string>& allowed) {
    return bool(mayLead(from, to, allowed));
  };
  EXPECT_TRUE(may("https://a.example/t.json", "https://a.example:443/x", none));
  EXPECT_TRUE(may("http://a.example/t.json", "https://a.example/x", none));
  EXPECT_FALSE(may("https://a.example/t.json", "http://a.example/x", none));
  EXPECT_FALSE(may("https://a.example/t.json", "https://a.example:444/x", none));
  EXPECT_FALSE(may("https://a.example/t.json", "https://b.example/x", none));
  EXPECT_TRUE(may("https://a.example/t.json", "https://b.example/x", some));
  EXPECT_FALSE(may("https://a.example/t.json", "file:///etc/passwd", some));
  EXPECT_FALSE(may("https://a.example/t.json", "/etc/passwd", some));
  EXPECT_TRUE(may("https://a.example/t.json", "data:text/plain,x", none));
  EXPECT_TRUE(may("/home/city/t.json", "https://a.example/x", none));
}

}  // namespace
}  // namespace cm::source
