package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"

	"kasir/shared/function"
	"kasir/shared/store"
)

// lists returns the lists that the stage's table has, in the order in which they are created.
func (s Stage) lists() []string {
	if s.onlyLists != nil {
		return s.onlyLists
	}
	return s.allLists()
}

// allLists returns the lists that the table has in the end.
func (s Stage) allLists() []string {
	return slices.DeleteFunc(slices.Clone(function.Lists), func(list string) bool {
		return list == store.CustomerList && s.NoCustomerList
	})
}

// overrideLists returns the stages with only some lists, separated by commas, for one step of a deployment.
// CloudFormation creates or deletes one index at a time; see deploy.sh. It changes nothing if lists is empty.
func overrideLists(stages []Stage, lists string) ([]Stage, error) {
	if lists == "" {
		return stages, nil
	}
	only := strings.Split(lists, ",")
	for _, list := range only {
		if !slices.Contains(function.Lists, list) {
			return nil, fmt.Errorf("LISTS has %q; it may have %s", list, strings.Join(function.Lists, ","))
		}
	}
	stages = slices.Clone(stages)
	for i := range stages {
		stages[i].onlyLists = only
	}
	return stages, nil
}

// makeLists makes the indexes of the stage's lists.
func (d *deployment) makeLists(table awsdynamodb.Table) {
	for _, index := range store.ListIndexes {
		if !slices.Contains(d.stage.lists(), index.Name) {
			continue
		}
		kind := awsdynamodb.AttributeType_STRING
		if index.Number {
			kind = awsdynamodb.AttributeType_NUMBER
		}
		table.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexProps{
			IndexName:      new(index.Name),
			PartitionKey:   attribute(index.Partition, kind),
			SortKey:        attribute(store.CreatedAttribute, awsdynamodb.AttributeType_NUMBER),
			ProjectionType: awsdynamodb.ProjectionType_KEYS_ONLY,
		})
	}
}
