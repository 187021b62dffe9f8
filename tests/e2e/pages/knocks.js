// What a page can make a browser send, cookies and all: the ways that need no permission, and those that ask for one.
async (url) => {
  const at = "2026-11-20T10:00:00Z";
  const call = JSON.stringify({ recipient: "evil@attacker.example", channel: "call", outcome: "spoke", at });
  const outcomes = [];
  const ask = async (name, path, options) => {
    try {
      const answer = await fetch(url + path, { credentials: "include", ...options });
      outcomes.push([name, answer.type === "opaque" ? "opaque" : await answer.text()]);
    } catch {
      outcomes.push([name, "refused"]);
    }
  };
  const blind = { method: "POST", mode: "no-cors" };
  const json = { "content-type": "application/json" };
  await ask("read the export", "/api/v1/export", {});
  await ask("read a page", "/history", {});
  await ask("read blindly", "/api/v1/export", { mode: "no-cors" });
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json"])
    await ask(`post as ${type}`, "/api/v1/touches", { ...blind, body: call, headers: { "content-type": type } });
  await ask("post without a type", "/api/v1/touches", { ...blind, body: new Blob([call]) });
  await ask("post after asking", "/api/v1/touches", { method: "POST", body: call, headers: json });
  await ask("delete everything", "/api/v1/me", { method: "DELETE" });
  const confirmation = new URLSearchParams({ confirmation: "delete everything" });
  await ask("delete by form", "/privacy/delete", { ...blind, body: confirmation });
  await ask("leave the sample", "/sample/leave", blind);
  await ask("sign out", "/sign-out", blind);
  await ask("a new calendar address", "/accounts/calendar", blind);
  navigator.sendBeacon(`${url}/api/v1/touches`, call);
  return outcomes;
}
