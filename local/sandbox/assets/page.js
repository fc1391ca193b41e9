// Everything here is comfort: each page works without it.
(function () {
  "use strict";
  var number = document.getElementById("card_number");
  var expiry = document.getElementById("expiry");

  function brand() {
    var first = number.value.charAt(0);
    document.querySelector(".visa").classList.toggle("off", first !== "" && first !== "4");
    document.querySelector(".master").classList.toggle("off", first !== "" && first !== "5" && first !== "2");
  }
  if (number) {
    number.addEventListener("input", function () {
      var atEnd = number.selectionStart === number.value.length;
      if (atEnd) number.value = number.value.replace(/\D/g, "").slice(0, 19).replace(/(.{4})(?=.)/g, "$1 ");
      brand();
    });
    brand();
  }
  if (expiry) {
    expiry.addEventListener("input", function (e) {
      if (e.inputType && e.inputType.indexOf("delete") === 0) return;
      var d = expiry.value.replace(/\D/g, "").slice(0, 4);
      expiry.value = d.length >= 2 ? d.slice(0, 2) + "/" + d.slice(2) : d;
    });
  }
  document.querySelectorAll("a[data-number]").forEach(function (a) {
    a.addEventListener("click", function (e) {
      e.preventDefault();
      number.value = a.dataset.number;
      expiry.value = a.dataset.expiry;
      document.getElementById("cvv").value = a.dataset.cvv;
      var name = document.getElementById("name");
      if (!name.value) name.value = "Test Customer";
      brand();
      document.querySelector("form .button").focus();
    });
  });
  document.querySelectorAll("form[data-once]").forEach(function (form) {
    form.addEventListener("submit", function () {
      form.querySelector(".button").disabled = true;
    });
  });
  // A page taken from the browser's history must not keep its button off.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll(".button[disabled]").forEach(function (b) { b.disabled = false; });
  });
  document.querySelectorAll("time[datetime]").forEach(function (t) {
    var at = new Date(t.getAttribute("datetime"));
    if (isNaN(at)) return;
    var form = { hour: "2-digit", minute: "2-digit" };
    if (t.hasAttribute("data-full")) { form.day = "numeric"; form.month = "short"; form.year = "numeric"; }
    t.textContent = at.toLocaleString(document.documentElement.lang, form);
  });
})();
