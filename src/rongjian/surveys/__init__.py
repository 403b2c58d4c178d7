"""Anonymous surveys, published only as aggregates."""
