"""Every address of the product; a page of its own is one more line here."""

from __future__ import annotations

from django.urls import path

from rongjian.web.pages import (
    account,
    activation,
    adjust,
    checkup,
    documents,
    draft_check,
    explain,
    figure_records,
    figures,
    home,
    imports,
    ledger_form,
    ledger_list,
    ledger_record,
    my_account,
    second_factor,
    setup,
    term,
    twin,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", account.LogIn.as_view(), name="login"),
    path("logout/", account.log_out, name="logout"),
    path("activate/", activation.activate, name="activate"),
    path("setup/", setup.set_up, name="set-up"),
    path("account/", my_account.my_account, name="account"),
    path("account/password", my_account.password, name="password"),
    path("account/second-factor", second_factor.second_factor, name="second-factor"),
    path("org/twin", twin.twin, name="twin"),
    path("org/explain", explain.explain, name="explain"),
    path("org/adjust", adjust.adjust_units, name="adjust"),
    path("org/twin/export", twin.export, name="twin-export"),
    path("org/term", term.term, name="term"),
    path("ledger/", ledger_list.index, name="ledgers"),
    path("ledger/<slug:code>", ledger_list.listed, name="ledger"),
    path("ledger/<slug:code>/export", ledger_list.export, name="ledger-export"),
    path("ledger/<slug:code>/new", ledger_form.new, name="ledger-new"),
    path("ledger/<slug:code>/<int:pk>", ledger_record.shown_record, name="record"),
    path("ledger/<slug:code>/<int:pk>/edit", ledger_form.edit, name="record-edit"),
    path("ledger/<slug:code>/<int:pk>/move", ledger_record.move, name="record-move"),
    path("ledger/<slug:code>/<int:pk>/link", ledger_record.link, name="record-link"),
    path("ledger/<slug:code>/import", imports.new, name="ledger-import"),
    path("ledger/<slug:code>/template", imports.template, name="import-template"),
    path("imports/", imports.listed, name="imports"),
    path("imports/new", imports.new, name="import-new"),
    path("import/<int:pk>", imports.one, name="import"),
    path("import/<int:pk>/problems", imports.problems, name="import-problems"),
    path("figures/", figures.index, name="figures"),
    path("figures/<slug:code>/", figures.figure, name="figure"),
    path("figures/<slug:code>/records/", figure_records.records, name="figure-records"),
    path(
        "figures/<slug:code>/records/export",
        figure_records.export,
        name="figure-records-export",
    ),
    path("draft-check/", draft_check.draft_check, name="draft-check"),
    path("checkup/published", checkup.published, name="published-check"),
    path("documents/", documents.listed, name="documents"),
    path("documents/new", documents.new, name="document-new"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/word", documents.word, name="document-word"),
    path("documents/<int:pk>/freeze", documents.freeze, name="document-freeze"),
]

handler500 = account.broken
