// Sends the form again from our own origin, so that the login cookie travels with it (SameSite).
const form = document.getElementById("repost");
// The prototype's own method: a field named "submit" would hide the form's.
HTMLFormElement.prototype.submit.call(form);
