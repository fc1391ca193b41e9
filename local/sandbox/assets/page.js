// Each page also works without this script.
(function () {
  "use strict";
  var number = document.getElementById("card_number");
  var form = document.querySelector("form[data-amount]");
  var expiry = document.getElementById("expiry");

  // In some browsers the attribute alone does not focus a field in a frame.
  var wrong = document.querySelector('[aria-invalid="true"]');
  if (wrong) wrong.focus();

  function brand() {
    var first = number.value.charAt(0);
    document.querySelector(".visa").classList.toggle("off", first !== "" && first !== "4");
    document.querySelector(".master").classList.toggle("off", first !== "" && first !== "5" && first !== "2");
  }
  function rupiah(n) { return "Rp" + String(n).replace(/\B(?=(\d{3})+$)/g, "."); }
  // Shows at once the discount of the server for a card with a promo.
  function promo() {
    var typed = number.value.replace(/[ -]/g, ""), off = 0;
    document.querySelectorAll("[data-bin]").forEach(function (li) {
      var fits = off === 0 && typed.indexOf(li.dataset.bin) === 0;
      li.classList.toggle("on", fits);
      if (fits) off = Number(li.dataset.discount);
    });
    var due = Number(form.dataset.amount) - off;
    document.querySelector("[data-due]").textContent = rupiah(due);
    document.querySelectorAll("[data-months]").forEach(function (s) {
      var months = Number(s.dataset.months);
      s.textContent = s.dataset.text.replace("%d", months).replace("%s", rupiah(Math.ceil(due / months)));
    });
  }
  function changed() { brand(); if (!number.readOnly) promo(); }
  if (number) {
    number.addEventListener("input", function () {
      var atEnd = number.selectionStart === number.value.length;
      if (atEnd) number.value = number.value.replace(/\D/g, "").slice(0, 19).replace(/(.{4})(?=.)/g, "$1 ");
      changed();
    });
    changed();
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
      var cvv = document.getElementById("cvv");
      if (cvv) cvv.value = a.dataset.cvv;
      var name = document.getElementById("name");
      if (!name.value) name.value = "Test Customer";
      changed();
      document.querySelector("form .button").focus();
    });
  });
  document.querySelectorAll("form[data-once]").forEach(function (form) {
    form.addEventListener("submit", function () {
      form.querySelector(".button").disabled = true;
    });
  });
  // On a page from the browser's history the button must work again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll(".button[disabled]").forEach(function (b) { b.disabled = false; });
  });
  document.querySelectorAll("time[datetime]").forEach(function (t) {
    var at = new Date(t.getAttribute("datetime"));
    if (isNaN(at)) return;
    var form = { hour: "2-digit", minute: "2-digit" };
    if (t.hasAttribute("data-full")) { form.day = "numeric"; form.month = "short"; form.year = "numeric"; }
    var lang = document.documentElement.lang;
    t.textContent = at.toLocaleString(lang === "en" ? "en-GB" : lang, form); // in the Indonesian order of dates, not the American
  });
})();
