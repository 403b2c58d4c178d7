"""Writes facts and the same queries for both engines with DuckDB's answers."""
from __future__ import annotations
import json, shutil
from datetime import date
from pathlib import Path
from random import Random
from django.conf import settings
from rongjian.facts import extract
from rongjian.indicators import catalogue, columns, schema
from rongjian.indicators.compiler import totals_by_month, totals_at, Place
from rongjian.indicators.columns import _sql,_files,_engine
from tests.indicators.writing import write_some
from tests.indicators.definitions import define
from tests.indicators.test_compiler import formula, simple
from tests.house import House
from hypothesis import given, settings as hs, HealthCheck, Phase
import hypothesis
def test_gen(house: House, settings):
    out=Path('/tmp/sparkcheck'); shutil.rmtree(out,ignore_errors=True); out.mkdir()
    settings.FACTS_DIR=out/'facts'
    write_some(house, Random(5), 200)
    extract.rebuild()
    todo=[]
    parts=[]
    for code in catalogue.indicators():
        parts += catalogue.formula(code,date(2026,1,1)).parts
    @hs(max_examples=150,phases=[Phase.generate],suppress_health_check=list(HealthCheck),database=None)
    @given(simple())
    def collect(d): parts.extend(formula(d).parts)
    collect()
    parts=list(dict.fromkeys(parts))
    def plain(v): return None if v is None else (float(v) if isinstance(v,float) else int(v))
    for some in columns._together([p for p in parts if p.additive]):
        q=totals_by_month(some, schema.schemas()[some[0].kind])
        with _engine() as e: rows=e.execute(_sql(q,_files(some[0].kind,'*'))).fetchall()
        todo.append(dict(kind=some[0].kind,spark=q.sql(dialect='spark'),rows=sorted([[plain(x) for x in r] for r in rows], key=str)))
    for place in (Place('450100','450000/450100/'),Place('450100-02','450000/450100/450100-02/','then')):
      for some in columns._together(parts):
        q=totals_at(some, schema.schemas()[some[0].kind],(date(2019,11,1),date(2020,2,29)),place)
        with _engine() as e: rows=e.execute(_sql(q,_files(some[0].kind,'*'))).fetchall()
        todo.append(dict(kind=some[0].kind,spark=q.sql(dialect='spark'),rows=sorted([[plain(x) for x in r] for r in rows], key=str)))
    (out/'todo.json').write_text(json.dumps(todo,ensure_ascii=False))
    print(len(parts),len(todo))
