"""Rules that sort bank lines onto articles: in their order, tried on past lines before they are saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.parties import ILegalEntities
from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet_finsystem.articles.values import NewRule, Rule
from cabinet_finsystem.forms.articles import RuleForm
from cabinet_finsystem.interfaces import IArticleRules, IArticles, IRuleTrials
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.articles import EDIT, TEMPLATES
from cabinet_finsystem.views.office.statements import articles_of


@view_config(
    route_name="finsystem.office.rules", request_method="GET", permission=EDIT, renderer=f"{TEMPLATES}/rules.pt"
)
def rules(request: Any) -> dict[str, Any]:
    """All rules, the first to be asked first."""
    found = request.find_service(IArticleRules).all()
    return {
        "rules": found,
        "removed": request.find_service(IArticleRules).removed(),
        "sorted_lines": request.find_service(IRuleTrials).sorted_lines() if found else {},
        "articles": articles_of(request),
        "currency": _currency(request),
    }


@view_config(
    route_name="finsystem.office.rule.new",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{TEMPLATES}/rule.pt",
)
def new_rule(request: Any) -> Any:
    """One more rule, asked last."""
    form = RuleForm(request, request.find_service(IArticles).tree(), _currency(request))
    return _answer(request, form, None)


@view_config(
    route_name="finsystem.office.rule",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{TEMPLATES}/rule.pt",
)
def edit_rule(request: Any) -> Any:
    """Other conditions in the same place. Lines that are sorted stay where they are."""
    rule: Rule = request.context.subject
    form = RuleForm(request, request.find_service(IArticles).tree(), _currency(request), rule)
    return _answer(request, form, rule)


@view_config(route_name="finsystem.office.rule.place", request_method="POST", permission=EDIT)
def place(request: Any) -> Any:
    """Ask it as number ``position``, from 0."""
    rule: Rule = request.context.subject
    position = request.params.get("position", "")
    undo = request.current_route_path(_query={"position": str(rule.position)})
    request.find_service(IArticleRules).move(rule.id, int(position) if position.isdecimal() else rule.position)
    say(request, _("The rule is moved."), undo=undo)
    return go(request, "finsystem.office.rules")


@view_config(route_name="finsystem.office.rule.switch", request_method="POST", permission=EDIT)
def switch(request: Any) -> Any:
    """Switch it off, or on again."""
    rule: Rule = request.context.subject
    on = not rule.conditions.active
    request.find_service(IArticleRules).change(rule.id, replace(rule.conditions, active=on))
    say(request, _("The rule is on.") if on else _("The rule is off."), undo=request.path)
    return go(request, "finsystem.office.rules")


@view_config(route_name="finsystem.office.rule.remove", request_method="POST", permission=EDIT)
def remove(request: Any) -> Any:
    """Ask it no more."""
    rule: Rule = request.context.subject
    request.find_service(IArticleRules).remove(rule.id)
    undo = request.route_path("finsystem.office.rule.restore", rule=rule.public_id.hex)
    say(request, _("The rule is removed. What it has sorted stays where it is."), undo=undo)
    return go(request, "finsystem.office.rules")


@view_config(route_name="finsystem.office.rule.restore", request_method="POST", permission=EDIT)
def restore(request: Any) -> Any:
    """Ask it again, where it stood."""
    rule: Rule = request.context.subject
    request.find_service(IArticleRules).restore(rule.id)
    undo = request.route_path("finsystem.office.rule.remove", rule=rule.public_id.hex)
    say(request, _("The rule is asked again."), undo=undo)
    return go(request, "finsystem.office.rules")


@view_config(route_name="finsystem.office.rule.back", request_method="POST", permission=EDIT)
def put_back(request: Any) -> Any:
    """Give it the conditions that the address tells: those it had before it was changed."""
    rule: Rule = request.context.subject
    told = request.GET
    article = request.find_service(IArticles).by_public_id(public_id(told.get("article", "")))
    low, high = (int(told[name]) if told.get(name, "").isdecimal() else None for name in ("from", "to"))
    conditions = NewRule(
        told.get("direction", ""),
        article.id,
        told.get("purpose", ""),
        told.get("counterparty", ""),
        low,
        high,
        active="active" in told,
    )
    undo = _way_back(request, rule)
    request.find_service(IArticleRules).change(rule.id, conditions)
    say(request, _("The rule is as it was before."), undo=undo)
    return go(request, "finsystem.office.rules")


def _answer(request: Any, form: RuleForm, rule: Rule | None) -> Any:
    """Try it where that was asked, else save it; what is wrong stands beside its field."""
    trial = None
    if form.submitted():
        with form.catching():
            if "try" not in request.POST:
                return _saved(request, form, rule)
            trial = _tried(request, form, rule)
    return {"form": form, "rule": rule, "trial": trial, "articles": articles_of(request) if trial else {}}


def _saved(request: Any, form: RuleForm, rule: Rule | None) -> Any:
    book = request.find_service(IArticleRules)
    if rule is None:
        made = book.add(form.conditions())
        undo = request.route_path("finsystem.office.rule.remove", rule=made.public_id.hex)
        say(request, _("The rule is added: new lines are asked by it from now on."), undo=undo)
    else:
        undo = _way_back(request, rule)
        book.change(rule.id, form.conditions())
        say(request, _("The rule is saved: new lines are asked by it from now on."), undo=undo)
    return go(request, "finsystem.office.rules")


def _way_back(request: Any, rule: Rule) -> str:
    """Path that gives ``rule`` the conditions that it has now."""
    now = rule.conditions
    article = next(node for node in request.find_service(IArticles).tree(archived=True) if node.id == now.article_id)
    told = {"direction": now.direction, "article": article.public_id.hex, "purpose": now.purpose}
    told |= {"counterparty": now.counterparty} | ({"active": "1"} if now.active else {})
    told |= {name: str(n) for name, n in (("from", now.amount_from), ("to", now.amount_to)) if n is not None}
    path: str = request.route_path("finsystem.office.rule.back", rule=rule.public_id.hex, _query=told)
    return path


def _tried(request: Any, form: RuleForm, rule: Rule | None) -> Any:
    """What it would have caught. A rule that is off is tried as if it were on."""
    conditions = replace(form.conditions(), active=True)
    return request.find_service(IRuleTrials).try_on(conditions, replaces=rule.id if rule else None)


def _currency(request: Any) -> str:
    """The currency that amounts of rules are written in: that of our company."""
    return str(request.find_service(ILegalEntities).default().currency)
